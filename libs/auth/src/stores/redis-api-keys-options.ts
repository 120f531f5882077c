import type { Duration } from '@millrace/protocol';
import type { Cluster, Redis } from 'ioredis';

/** Options of `redisApiKeys()`. */
export interface RedisApiKeysOptions {
  /** `redis://[[user]:password@]host[:port][/database]`, or `rediss://…`. Give this or `client`. */
  url?: string;
  /** A connection of the host's, also to a cluster or by Sentinel; it is left open at the end. */
  client?: Redis | Cluster;
  /** Put before both keys; stores with different prefixes do not meet. @default 'millrace:api-keys' */
  keyPrefix?: string;
  /** How long a call waits for Redis before it fails with `UNAVAILABLE`. @default '2s' */
  timeout?: Duration;
}
