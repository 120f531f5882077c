import type { ConnectionOptions } from 'node:tls';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { defineOptions, type OptionsOf, type SettingsOf } from '../options/define-options.js';
import { secret } from '../options/option-meta.js';
import { timeoutSchema } from '../options/units.js';
import { isOwnKey } from './own-keys.js';

/** A connection of ioredis to one server, or to the master of a Sentinel group. */
export type RedisServer = Redis;

/** The connections of ioredis to the nodes of a cluster. */
export type RedisCluster = Cluster;

/** A connection of ioredis: to one server, to the master of a Sentinel group, or to a cluster. */
export type RedisClient = RedisServer | RedisCluster;

/** Tells a cluster from a server. */
export function isCluster(client: RedisClient): client is RedisCluster {
  return 'nodes' in client;
}

const node = z.strictObject({ host: z.string().min(1), port: z.number().int().min(1).max(65_535).default(6379) });

/** Where Redis is, as whom to go there, and how long it may take. */
export const SHARED_REDIS_SHAPE = {
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
      (value) => typeof value === 'function' || typeof (value as Partial<RedisClient> | null)?.duplicate === 'function',
      'give a connection of ioredis, or a function that makes one',
    )
    .optional(),
  /** User of the access list, where the URL names none. */
  username: z.string().min(1).optional(),
  /** Its password. */
  password: secret(z.string().min(1)).optional(),
  /** User at the Sentinels, where they ask for one. */
  sentinelUsername: z.string().min(1).optional(),
  /** Password at the Sentinels. */
  sentinelPassword: secret(z.string().min(1)).optional(),
  /** Number of the database; a cluster has the one with 0. */
  db: z.number().int().nonnegative().optional(),
  /** `true`, or settings for TLS as Node takes them; Sentinels are reached by it too. */
  tls: z
    .union([z.boolean(), z.custom<ConnectionOptions>((value) => typeof value === 'object' && value !== null)])
    .optional(),
  /** Begins every key; what has different prefixes does not meet. */
  keyPrefix: z
    .string()
    .refine((prefix) => !/^[^{]*\{\}/.test(prefix), 'must not hold "{}", which scatters keys over a cluster')
    .refine((prefix) => !isOwnKey(prefix), 'looks like a key that Millrace itself keeps; choose another prefix')
    .optional(),
  /** How the connections are called in the `CLIENT LIST` of Redis; what each is for follows behind a colon. */
  connectionName: z
    .string()
    .regex(/^[!-~]+$/, 'must be text without spaces, as Redis takes it')
    .default('millrace'),
  /** How long a command may take before it fails with `UNAVAILABLE`; a connection without an answer for so long is dropped. */
  commandTimeout: timeoutSchema.default(5000),
  /** How long a start waits for Redis. Give more where Redis may come later than the application. */
  startTimeout: timeoutSchema.default(1000),
  /** Let Redis remove keys when its memory is full, without a warning: acknowledged entries vanish then. */
  allowEviction: z.boolean().default(false),
};

/** Options that say which Redis; one of them is enough. */
const PLACES = ['redis', 'url', 'sentinels', 'cluster', 'client'] as const;

type Placed = Partial<SharedRedisSettings & { readonly redis: unknown }>;

/** Lets only one way to Redis through. */
export function oneWay<Schema extends z.ZodType<Placed>>(schema: Schema): Schema {
  return schema.superRefine((settings, context) => {
    const refuse = (option: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [option], message });
    const [first, second] = PLACES.filter((option) => settings[option] !== undefined);
    if (first && second) refuse(second, `must not stand beside "${first}"`);
    const { sentinels, name, cluster, db } = settings;
    if (sentinels && !name) refuse('name', 'must be the name of the master that the Sentinels watch');
    if (cluster && db) refuse('db', 'must be 0: a cluster has no other database');
  });
}

export const SHARED_REDIS_OPTIONS = defineOptions('sharedRedis', SHARED_REDIS_SHAPE, oneWay);

/** Options of `sharedRedis()`. */
export interface SharedRedisOptions extends OptionsOf<typeof SHARED_REDIS_SHAPE> {}
export type SharedRedisSettings = SettingsOf<typeof SHARED_REDIS_SHAPE>;
