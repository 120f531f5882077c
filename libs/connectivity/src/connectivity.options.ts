import { type Duration, durationSchema } from '@millrace/core';
import { z } from 'zod';
import type { RegistryDriver } from './api/registry-driver.js';

const count = (value: number, text: string) => z.number().int().positive().default(value).describe(text);

/** @internal */
export const LIMITS_SCHEMA = z
  .strictObject({
    maxBodyBytes: count(16 * 1024 * 1024, 'Body of one request, in bytes'),
    maxPublish: count(20_000, 'Connections in one publication or retraction'),
    maxPartitions: count(1000, 'Partitions at a time'),
    maxConnections: count(500_000, 'Connections at a time in all partitions; expired ones give way first'),
    maxNameLength: count(1024, 'Characters of a partition, uid or data type'),
    maxUriLength: count(4096, 'Characters of a uri'),
    maxPatternLength: count(1024, 'Characters of a pattern'),
    maxPatternSteps: count(2_000_000, 'Work of one lookup by a pattern, in steps of about a character each'),
    maxResults: count(200_000, 'Connections in one reply'),
    maxReplyCacheBytes: z
      .number()
      .int()
      .nonnegative()
      .default(32 * 1024 * 1024)
      .describe('Memory for replies kept until what they show changes, in bytes; 0 keeps none'),
    maxHistory: count(65_536, 'Changes kept for watchers that resume'),
    maxWatchers: count(1000, 'Watches at a time'),
    maxBufferedBytes: count(
      64 * 1024,
      'Bytes that wait for one watcher, roughly; more are made when it has taken them',
    ),
  })
  .prefault({});

/** Every limit; what passes one is refused with a 4xx that names it. */
export type ConnectivityLimits = z.output<typeof LIMITS_SCHEMA>;

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
    fastLane: z.boolean().default(false),
  })
  .refine((options) => options.public || !options.fastLane, {
    path: ['fastLane'],
    message: 'no guard sees the requests of the fast lane; say so with public: true',
  });

/** The options with every default filled in; times in milliseconds. */
export type ConnectivitySettings = z.output<typeof CONNECTIVITY_OPTIONS_SCHEMA>;
