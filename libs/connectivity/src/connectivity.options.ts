import {
  bytesSchema,
  countSchema,
  defineOptions,
  durationSchema,
  MAX_BUFFERED_BYTES,
  type OptionsOf,
  type SettingsOf,
  withUnit,
} from '@millrace/core/options';
import { z } from 'zod';
import type { RegistryDriver } from './api/registry-driver.js';

/** @internal */
export const LIMITS = {
  /** Body of one request; 413 above it. */
  maxBodyBytes: bytesSchema.default(16 * 1024 * 1024),
  /** Connections in one publication or retraction; 413 above it. */
  maxPublish: countSchema.default(20_000),
  /** Partitions at a time; 429 above it, after expired ones have given way. */
  maxPartitions: countSchema.default(1000),
  /** Connections at a time in all partitions; 429 above it, after expired ones have given way. */
  maxConnections: countSchema.default(500_000),
  /** Characters of a partition, uid or data type; 400 above it. */
  maxNameLength: countSchema.default(1024),
  /** Characters of a uri; 400 above it. */
  maxUriLength: countSchema.default(4096),
  /** Characters of a pattern; 400 above it. */
  maxPatternLength: countSchema.default(1024),
  /** Work of one lookup by a pattern, in steps of about a character each; 400 above it. */
  maxPatternSteps: countSchema.default(2_000_000),
  /** Connections in one reply; 413 above it. */
  maxResults: countSchema.default(200_000),
  /** Memory for replies that are kept until what they show changes; 0 keeps none. */
  maxReplyCacheBytes: withUnit(z.number().int().nonnegative(), 'bytes').default(32 * 1024 * 1024),
  /** Changes kept for watchers that resume; who missed more gets a `gap` and a new `snapshot`. */
  maxHistory: countSchema.default(65_536),
  /** Watches at a time; 429 above it. */
  maxWatchers: countSchema.default(1000),
  /** Bytes waiting in the send buffer of one watcher, roughly, above which nothing more is produced for it. */
  maxBufferedBytes: bytesSchema.default(MAX_BUFFERED_BYTES.watcher),
};

/** Every limit, with the defaults filled in. */
export type ConnectivityLimits = SettingsOf<typeof LIMITS>;

/** Area of every endpoint of this module, for `AccessPolicy`, and first part of its scopes. */
export const CONNECTIVITY_AREA = 'connectivity';

/** Token of the options with all defaults filled in. @internal */
export const CONNECTIVITY_SETTINGS = 'connectivity:settings';

/** Token of the paths, which are fixed before the options are known. @internal */
export const CONNECTIVITY_PATHS = 'connectivity:paths';

const shape = {
  /**
   * Where connections live: `memoryRegistry()`, or `redisRegistry({ url })` of `@millrace/connectivity/redis`.
   *
   * @default `memoryRegistry()`
   */
  registry: z
    .custom<RegistryDriver>(
      (value) => typeof (value as RegistryDriver | undefined)?.create === 'function',
      'must be memoryRegistry() or redisRegistry(…)',
    )
    .optional(),
  /** How long a connection lives after a publication. @default `ENTRY_TTL` seconds of the environment, else 10 s */
  ttl: durationSchema
    .optional()
    .transform((value, context) => value ?? Math.max(0, integerOf('ENTRY_TTL', 10, context) * 1000)),
  /** How long an expired connection stays retractable before it leaves memory. */
  grace: durationSchema.default(24 * 3_600_000),
  limits: LIMITS,
  /**
   * How much is written to the log: 0 nothing; 1 durations, and what was not found (each once); 2 also what
   * was asked and by whom; 3 also the bodies.
   *
   * @default `CONNECTION_FLASK_DEBUG` of the environment, else 0
   */
  debug: z
    .number()
    .int()
    .min(0)
    .max(3)
    .optional()
    .transform((value, context) => value ?? integerOf('CONNECTION_FLASK_DEBUG', 0, context)),
  /** Serve `GET /resetStats` and `GET /resetService`, which change state; with authentication they need `connectivity:admin`. */
  resetByGet: z.boolean().default(true),
  /** Serve the WebSocket of a watch; needs the line `app.useWebSocketAdapter(new MillraceWsAdapter(app))`. */
  sockets: z.boolean().default(true),
  /**
   * How long a watcher by server-sent events may take nothing of what waits for it; then it is cut off, unless this is 0.
   *
   * Sockets go by the pings of `MillraceWsAdapter`.
   */
  watcherTimeout: durationSchema.default(30_000),
  /** Endpoints need no credential, also beside `AuthModule`. */
  public: z.boolean().default(false),
  /**
   * Answer `/publish` and `/getconnection` straight from Node's HTTP server, at about twice the rate; needs `public`.
   *
   * Nothing of the host sees those requests then: no guard, interceptor, middleware, CORS header, metric or log of requests.
   */
  bypassFramework: z.boolean().default(false),
};

/** @internal */
export const CONNECTIVITY_OPTIONS = defineOptions('ConnectivityModule', shape, (schema) =>
  schema.refine((options) => options.public || !options.bypassFramework, {
    path: ['bypassFramework'],
    message: 'needs public: true, because no guard sees the requests that bypass the framework',
  }),
);

/** Options of `ConnectivityModule.forRoot()`. */
export interface ConnectivityOptions extends OptionsOf<typeof shape> {}

/** The options with every default filled in; times in milliseconds. */
export type ConnectivitySettings = SettingsOf<typeof shape>;

/** The number in an environment variable; text that is not an integer stops the start. */
function integerOf(variable: string, fallback: number, context: z.RefinementCtx): number {
  const text = process.env[variable];
  if (text === undefined) return fallback;
  if (/^\s*[+-]?\d+\s*$/.test(text)) return Number(text);
  context.addIssue({
    code: 'custom',
    message: `comes from the environment variable ${variable}, which must be an integer, not "${text}"`,
  });
  return z.NEVER;
}
