import { openRedis } from '@millrace/core/redis';
import type { RegistryDriver, RegistrySettings } from '../../api/registry-driver.js';
import type { RedisRegistryOptions, RedisRegistrySettings } from './redis-registry.options.js';
import { REDIS_REGISTRY_OPTIONS } from './redis-registry.options.js';
import { RedisRegistry } from './redis-registry.js';

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

/** While Redis is away, calls wait for it; each has a deadline of its own. */
const PATIENT = {
  enableOfflineQueue: true,
  maxRetriesPerRequest: null,
  autoResendUnfulfilledCommands: true,
  commandTimeout: undefined,
};

/** Opens the connections, and a registry that follows its log. @throws MillraceError `UNAVAILABLE`; nothing is left open then */
async function openRegistry(redis: RedisRegistrySettings, settings: RegistrySettings): Promise<RedisRegistry> {
  const connections = await openRedis('The registry', redis, {
    commands: { settings: PATIENT },
    tail: { blocking: true, settings: PATIENT },
  });
  const registry = new RedisRegistry(settings, connections, redis);
  try {
    return await registry.start();
  } catch (error) {
    await registry.close();
    throw error;
  }
}
