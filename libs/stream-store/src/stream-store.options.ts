import { defineOptions, type OptionsOf, type SettingsOf } from '@millrace/core/options';
import { z } from 'zod';
import { limits, retention, type StreamStoreDriver } from './api/stream-store.driver.js';

/** Validated options of the module, by injection. */
export const STREAM_STORE_SETTINGS = Symbol('stream-store:settings');

/** Area of the module's endpoints for `AccessPolicy`, and first part of its scopes (`streams:read:<name>`). */
export const STREAMS_AREA = 'streams';

const shape = {
  /** Where entries live: a driver of the table below, or one of your own. @default `embeddedStore()` */
  store: z
    .custom<StreamStoreDriver>(
      (value) => typeof (value as StreamStoreDriver | undefined)?.create === 'function',
      'give embeddedStore(…), redisStore(…), memoryStore() or a driver of your own',
    )
    .optional(),
  retention,
  limits,
  /** Serve the push and pull sockets; they need the line `app.useWebSocketAdapter(new MillraceWsAdapter(app))`. */
  sockets: z.boolean().default(true),
  /** Endpoints need no token, even beside `AuthModule`. */
  public: z.boolean().default(false),
};

/** @internal */
export const STREAM_STORE_OPTIONS = defineOptions('StreamStoreModule', shape);

export interface StreamStoreOptions extends OptionsOf<typeof shape> {}

/** The module's options with every default filled in; durations in milliseconds. */
export type StreamStoreSettings = SettingsOf<typeof shape>;
