import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';

/** A connection of ioredis: to one server, to the master of a Sentinel group, or to a cluster. */
export type RedisClient = Redis | Cluster;

export interface RedisStoreOptions {
  /** `redis://[[user]:password@]host[:port][/database]`, or `rediss://…`. @default 'redis://127.0.0.1:6379' */
  url?: string;
  /**
   * Makes a connection, for Sentinel, a cluster or settings of your own; called once for commands and once for the tail
   * reader. Goes before `url`. Give each `enableOfflineQueue: false` and `maxRetriesPerRequest: 0`, or callers wait where
   * they should be told that Redis is away; and `lazyConnect: true`.
   */
  connect?: (purpose: 'commands' | 'tail') => RedisClient;
  /** Put before every key; without it a stream's key is its name, as in the original. @default '' */
  keyPrefix?: string;
  /** How long a command may take, in milliseconds. @default 5000 */
  commandTimeout?: number;
  /** How long a start waits for Redis, in milliseconds. @default 10000 */
  startTimeout?: number;
}

/** @internal */
export const REDIS_STORE_OPTIONS_SCHEMA = z.strictObject({
  url: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'),
  connect: z.custom<NonNullable<RedisStoreOptions['connect']>>((value) => typeof value === 'function').optional(),
  keyPrefix: z.string().default(''),
  commandTimeout: z.number().int().positive().default(5000),
  startTimeout: z.number().int().positive().default(10_000),
});

/** @internal */
export type RedisStoreSettings = z.output<typeof REDIS_STORE_OPTIONS_SCHEMA>;
