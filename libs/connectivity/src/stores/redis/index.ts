import { openRedis, type SampleCommand } from '@millrace/core/redis';
import type { RegistryDriver, RegistrySettings } from '../../api/registry-driver.js';
import type { RedisRegistryOptions, RedisRegistrySettings } from './redis-registry.options.js';
import { REDIS_REGISTRY_OPTIONS } from './redis-registry.options.js';
import { RedisRegistry } from './redis-registry.js';
import { BEAT } from './registry-clock.js';
import { shardKeys, tableKeys } from './log/registry-keys.js';

export type { RedisRegistryOptions } from './redis-registry.options.js';

/**
 * Keeps connections in Redis, so that several instances are one registry. Needs `ioredis` and Redis 6.2 or later.
 *
 * @example
 * ```ts
 * ConnectivityModule.forRoot({ registry: redisRegistry({ url: 'redis://127.0.0.1:6379' }) })
 * ```
 * @publicApi
 */
export function redisRegistry(options: RedisRegistryOptions = {}): RegistryDriver {
  const redis = REDIS_REGISTRY_OPTIONS.read(options);
  return { create: (settings) => openRegistry(redis, settings) };
}

const PURPOSES = { commands: {}, 'registry-tail': { blocking: BEAT } };

/** Opens the connections, and a registry that follows its log. @throws MillraceError `UNAVAILABLE`; nothing is left open then */
async function openRegistry(redis: RedisRegistrySettings, settings: RegistrySettings): Promise<RedisRegistry> {
  const connections = await openRedis('The registry', redis, PURPOSES, needs);
  const registry = new RedisRegistry(settings, connections, redis);
  try {
    return await registry.start();
  } catch (error) {
    await registry.close();
    throw error;
  }
}

/** What the account has to be allowed. */
function needs(keyPrefix: string): SampleCommand[] {
  const { log, count, clock, snapshot, lock } = shardKeys(keyPrefix, 0);
  const { shards, presence } = tableKeys(keyPrefix);
  return [
    ['xadd', log, '*', 'n', 1],
    ['evalsha', 'a', 1, log],
    ['xread', 'STREAMS', presence, 0],
    ['xrange', log, '-', '+'],
    ['xrevrange', log, '+', '-'],
    ['xtrim', log, 'MAXLEN', 1],
    ['xlen', log],
    ['exists', log],
    ['get', count],
    ['incr', count],
    ['set', lock, 1],
    ['pttl', lock],
    ['type', lock],
    ['hset', clock, 'time', 1],
    ['hget', clock, 'time'],
    ['hmget', clock, 'time'],
    ['hdel', clock, 'claim'],
    ['hlen', shards],
    ['hexists', shards, 'born'],
    ['hgetall', snapshot],
    ['del', log],
    ['client', 'id'],
    ['client', 'unblock', 1],
    ['time'],
  ];
}
