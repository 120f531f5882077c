import type { Duration } from '@millrace/protocol';
import type { Redis, RedisOptions } from 'ioredis';

/** Options of `redisRegistry()`. */
export interface RedisRegistryOptions {
  /** Where Redis is, for example `redis://127.0.0.1:6379/0`. Give this or `client`. */
  url?: string;
  /** Further options of the clients made for `url`. */
  redis?: RedisOptions;
  /** A client of the host's; two more connections are made like it, and it is left open at the end. */
  client?: Redis;
  /** Put before every key; registries with different prefixes do not meet. @default 'millrace:connectivity' */
  keyPrefix?: string;
  /** How long a call waits for Redis before it fails with `UNAVAILABLE`. @default '2s' */
  timeout?: Duration;
  /** Commands in the log after which a snapshot takes their place. @default 1000 */
  snapshotEvery?: number;
}
