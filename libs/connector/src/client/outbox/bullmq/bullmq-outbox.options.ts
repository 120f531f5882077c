import { defineOptions } from '@millrace/core/options';
import {
  oneWayToRedis,
  type RedisClient,
  type RedisSettings,
  redisShape,
  type SharedRedis,
} from '@millrace/core/redis';
import type { QueueOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';

/** Options of {@link BullMqOutbox}: those of a BullMQ queue, where Redis is, and how the queues are named. */
export interface BullMqOutboxOptions extends Omit<QueueOptions, 'connection'> {
  /** Redis as other modules use it too, of `sharedRedis()`; in place of `connection`. */
  redis?: SharedRedis;
  /**
   * A connection of ioredis, which is left open at the end, or options of ioredis for one, with `sentinels` too. A cluster needs a
   * connection.
   *
   * @default 127.0.0.1:6379
   */
  connection?: QueueOptions['connection'] | RedisOptions | RedisClient;
  /**
   * Begins the keys in Redis. On a cluster it needs braces, which keep all keys of a queue on one node.
   *
   * @default `<keyPrefix>{millrace:outbox}` with `redis` or on a cluster, else `bull`
   */
  prefix?: string;
  /** Begins the name of the queue of each source. @default 'millrace-outbox-' */
  queueNamePrefix?: string;
}

const { read } = defineOptions('BullMqOutbox', redisShape(), oneWayToRedis);

/** How long a start waits for Redis, in milliseconds; a device may begin before it. */
const START_TIMEOUT = 10_000;

/** Where Redis is, for `RedisConnections`. */
export function redisSettings({ redis, connection = {} }: BullMqOutboxOptions): RedisSettings {
  if (redis) return read({ redis });
  const { commandTimeout } = connection as RedisOptions;
  return read({
    client: isClient(connection) ? connection : () => ownClient(connection as RedisOptions & { url?: string }),
    startTimeout: START_TIMEOUT,
    ...(commandTimeout !== undefined && { commandTimeout }),
  });
}

function isClient(connection: object): connection is RedisClient {
  return typeof (connection as Partial<RedisClient>).duplicate === 'function';
}

function ownClient({ url, ...options }: RedisOptions & { url?: string }): Redis {
  const all: RedisOptions = {
    connectionName: 'millrace:outbox',
    commandTimeout: 5000,
    // What a master takes after another one has been chosen is lost.
    ...(options.sentinels && { failoverDetector: true }),
    ...options,
    lazyConnect: true,
    // The outbox itself waits and tries again: what waits in a connection comes late, when nobody counts on it any more.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  };
  return url === undefined ? new Redis(all) : new Redis(url, all);
}
