import { defineOptions, durationSchema, type OptionsOf, type SettingsOf } from '@millrace/core/options';
import { z } from 'zod';
import type { RegistryDriver } from './api/registry-driver.js';
import { LIMITS } from './connectivity.limits.js';

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
  /** Leave routes and sockets at their paths where the host has a global prefix. */
  ignoreGlobalPrefix: z.boolean().default(false),
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
