import type { RegistryDriver } from '../../api/registry-driver.js';
import { openRegistry } from './open-registry.js';
import { REDIS_REGISTRY_OPTIONS, type RedisRegistryOptions } from './redis-registry.options.js';

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
