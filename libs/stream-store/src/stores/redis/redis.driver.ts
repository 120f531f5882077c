import { validateOptions } from '@millrace/core';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import type { StreamStoreDriver } from '../../stream-store.options.js';
import { openConnections } from './redis-connections.js';
import { RedisStreamStore } from './redis.store.js';

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

const OPTIONS = z.strictObject({
  url: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'),
  connect: z.custom<NonNullable<RedisStoreOptions['connect']>>((value) => typeof value === 'function').optional(),
  keyPrefix: z.string().default(''),
  commandTimeout: z.number().int().positive().default(5000),
  startTimeout: z.number().int().positive().default(10_000),
});

/** @internal */
export type RedisStoreSettings = z.output<typeof OPTIONS>;

/**
 * Keeps streams in Redis, in the layout of the original: a stream's key is its name, each entry has the one field `d`, and
 * metadata lie as JSON under `XMETA:<stream>`. Several processes on one Redis behave as one server.
 *
 * An ack means that Redis has answered. What a crash of Redis loses is its own setting: nothing with
 * `appendfsync always`, about a second with `everysec`, everything since the last snapshot without an append-only file.
 *
 * @example
 * ```ts
 * StreamStoreModule.forRoot({ store: redisStore({ url: 'redis://127.0.0.1:6789' }) });
 * ```
 * @publicApi
 */
export function redisStore(options: RedisStoreOptions = {}): StreamStoreDriver {
  const settings = validateOptions('redisStore', OPTIONS, options);
  return {
    create: async ({ retention, limits }) =>
      new RedisStreamStore(await openConnections(settings), settings.keyPrefix, retention, limits),
  };
}
