import type { ConnectionOptions } from 'node:tls';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import type { SettingsOf } from '../options/define-options.js';
import { secret } from '../options/option-meta.js';
import { timeoutSchema } from '../options/units.js';

/** A connection of ioredis: to one server, to the master of a Sentinel group, or to a cluster. */
export type RedisClient = Redis | Cluster;

const node = z.strictObject({ host: z.string().min(1), port: z.number().int().min(1).max(65_535).default(6379) });

/**
 * Where Redis is, and how long it may take. A driver spreads it into the shape of its own options:
 * `{ ...redisShape('millrace:api-keys'), size: … }`.
 *
 * @param keyPrefix the default of the option
 */
export function redisShape(keyPrefix: string) {
  return {
    /** `redis://[[user]:password@]host[:port][/database]`, or `rediss://…` for TLS. @default `redis://127.0.0.1:6379` */
    url: z.url({ protocol: /^rediss?$/, message: 'give a URL that begins with redis:// or rediss://' }).optional(),
    /** Sentinels that know where the master is: `[{ host, port }]`, with `name`. In place of `url`. */
    sentinels: z.array(node).min(1).readonly().optional(),
    /** Name of the master that the Sentinels watch. */
    name: z.string().min(1).optional(),
    /** Some nodes of a cluster: `[{ host, port }]`; the others are found by them. In place of `url`. */
    cluster: z.array(node).min(1).readonly().optional(),
    /**
     * A connection of your own, to one server, by Sentinel or to a cluster, in place of the options above: further ones are
     * made like it, and yours is left open at the end. Or a function that makes one for each purpose.
     */
    client: z
      .custom<RedisClient | ((purpose: string) => RedisClient)>(
        (value) =>
          typeof value === 'function' || typeof (value as Partial<RedisClient> | null)?.duplicate === 'function',
        'give a connection of ioredis, or a function that makes one',
      )
      .optional(),
    /** User of the access list, where the URL names none. */
    username: z.string().min(1).optional(),
    /** Its password. */
    password: secret(z.string().min(1)).optional(),
    /** Number of the database; a cluster has the one with 0. */
    db: z.number().int().nonnegative().optional(),
    /** `true`, or settings for TLS as Node takes them. */
    tls: z
      .union([z.boolean(), z.custom<ConnectionOptions>((value) => typeof value === 'object' && value !== null)])
      .optional(),
    /** Put before every key; what has different prefixes does not meet. */
    keyPrefix: z.string().default(keyPrefix),
    /** How long a command may take before it fails with `UNAVAILABLE`. */
    commandTimeout: timeoutSchema.default(5000),
    /** How long a start waits for Redis. */
    startTimeout: timeoutSchema.default(10_000),
  };
}

type Shape = ReturnType<typeof redisShape>;

export type RedisSettings = SettingsOf<Shape>;

/**
 * Lets only one way to Redis through; the third argument of `defineOptions()`.
 *
 * @example
 * ```ts
 * defineOptions('redisStore', shape, oneWayToRedis);
 * ```
 */
export function oneWayToRedis<Schema extends z.ZodType<Partial<RedisSettings>>>(schema: Schema): Schema {
  return schema.superRefine(({ url, sentinels, name, cluster, client }, context) => {
    const given = Object.entries({ url, sentinels, cluster, client }).filter(([, value]) => value !== undefined);
    const [first, second] = given;
    if (first && second) {
      context.addIssue({ code: 'custom', path: [second[0]], message: `must not stand beside "${first[0]}"` });
    }
    if (sentinels && !name) {
      context.addIssue({
        code: 'custom',
        path: ['name'],
        message: 'must be the name of the master that the Sentinels watch',
      });
    }
  });
}
