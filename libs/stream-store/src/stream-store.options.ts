import { z } from 'zod';
import { LIMITS_SCHEMA, type StreamLimits } from './api/stream-limits.js';
import { RETENTION_SCHEMA, type RetentionOptions } from './api/stream-retention.js';
import type { StreamStoreDriver } from './api/stream-store.driver.js';

export interface StreamStoreOptions {
  /** Where entries live. @default embeddedStore() */
  store?: StreamStoreDriver;
  retention?: RetentionOptions;
  limits?: Partial<StreamLimits>;
  /** Serve the push and pull sockets; needs the line `app.useWebSocketAdapter(new MillraceWsAdapter(app))`. @default true */
  sockets?: boolean;
  /** Endpoints need no token, also beside `AuthModule`. @default false */
  public?: boolean;
}

/** @internal */
export const STREAM_STORE_OPTIONS_SCHEMA = z.strictObject({
  store: z
    .custom<StreamStoreDriver>(
      (value) => typeof (value as StreamStoreDriver | undefined)?.create === 'function',
      'give embeddedStore(…), redisStore(…) or memoryStore()',
    )
    .optional(),
  retention: RETENTION_SCHEMA,
  limits: LIMITS_SCHEMA,
  sockets: z.boolean().default(true),
  public: z.boolean().default(false),
});

/** The module's options with every default filled in. */
export type StreamStoreSettings = z.output<typeof STREAM_STORE_OPTIONS_SCHEMA>;
