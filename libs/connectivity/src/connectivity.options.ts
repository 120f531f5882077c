import { durationSchema } from '@millrace/core/options';
import type { Duration } from '@millrace/protocol';
import { z } from 'zod';
import type { RegistryDriver } from './api/registry-driver.js';
import { type ConnectivityLimits, LIMITS_SCHEMA } from './connectivity.limits.js';

/** Options of `ConnectivityModule.forRoot()`. */
export interface ConnectivityOptions {
  /** Where connections live. @default memoryRegistry() */
  registry?: RegistryDriver;
  /** How long a connection lives after a publication. @default `ENTRY_TTL` seconds of the environment, else `'10s'` */
  ttl?: Duration;
  /** How long an expired connection stays retractable, before it leaves memory. @default '24h' */
  grace?: Duration;
  limits?: Partial<ConnectivityLimits>;
  /**
   * How much is written to the log, as by `CONNECTION_FLASK_DEBUG` (connectivity#58). @default that variable, else 0
   */
  debug?: 0 | 1 | 2 | 3;
  /** Serve the two GET paths which change state, `/resetStats` and `/resetService`. @default true */
  resetByGet?: boolean;
  /** Serve the WebSocket of a watch; needs the line `app.useWebSocketAdapter(new MillraceWsAdapter(app))`. @default true */
  sockets?: boolean;
  /**
   * How long a watcher by server-sent events may take nothing of what waits for it before it is cut off; 0: for
   * ever. Sockets go by the pings of `MillraceWsAdapter`. @default '30s'
   */
  watcherTimeout?: Duration;
  /** Endpoints need no credential, also beside `AuthModule`. @default false */
  public?: boolean;
  /**
   * Answer `/publish` and `/getconnection` straight from Node's HTTP server, at two to three times the rate of the
   * framework's way. Nothing of the host sees those requests then: no guard, interceptor, middleware, CORS header, metric or
   * log of requests. Only with `public`.
   * @default false
   */
  bypassFramework?: boolean;
  /** The earlier name of `bypassFramework`. @deprecated */
  fastLane?: boolean;
}

/** The number in an environment variable, which stops the start when it is none. */
function environmentInteger(name: string, fallback: number) {
  return (value: unknown, context: z.RefinementCtx): number => {
    if (value !== undefined) return value as number;
    const text = process.env[name];
    if (text === undefined) return fallback;
    if (/^\s*[+-]?\d+\s*$/.test(text)) return Number(text);
    context.addIssue({
      code: 'custom',
      message: `the environment variable ${name} is "${text}", but must be an integer`,
    });
    return z.NEVER;
  };
}

/** @internal */
export const CONNECTIVITY_OPTIONS_SCHEMA = z
  .strictObject({
    registry: z
      .custom<RegistryDriver>(
        (value) => typeof (value as RegistryDriver | undefined)?.create === 'function',
        'give memoryRegistry() or redisRegistry(…)',
      )
      .optional(),
    ttl: durationSchema
      .optional()
      .transform(
        (value, context) => value ?? Math.max(0, environmentInteger('ENTRY_TTL', 10)(undefined, context) * 1000),
      ),
    grace: durationSchema.default(24 * 3_600_000),
    limits: LIMITS_SCHEMA,
    debug: z.number().int().min(0).max(3).optional().transform(environmentInteger('CONNECTION_FLASK_DEBUG', 0)),
    resetByGet: z.boolean().default(true),
    sockets: z.boolean().default(true),
    watcherTimeout: durationSchema.default(30_000),
    public: z.boolean().default(false),
    bypassFramework: z.boolean().default(false),
    fastLane: z.boolean().default(false),
  })
  .refine((options) => options.public || !(options.bypassFramework || options.fastLane), {
    path: ['bypassFramework'],
    message: 'needs public: true, because no guard sees the requests that bypass the framework',
  })
  .transform(({ fastLane, ...options }) => ({ ...options, bypassFramework: options.bypassFramework || fastLane }));

/** The options with every default filled in; times in milliseconds. */
export type ConnectivitySettings = z.output<typeof CONNECTIVITY_OPTIONS_SCHEMA>;
