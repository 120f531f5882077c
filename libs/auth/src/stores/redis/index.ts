import type { ApiKeyStore } from '../../api/api-key-store.js';
import { REDIS_API_KEYS_OPTIONS, type RedisApiKeysOptions } from './redis-api-keys.options.js';
import { RedisApiKeys } from './redis-api-keys.js';

export type { RedisApiKeysOptions } from './redis-api-keys.options.js';

/**
 * Keeps API keys in Redis, for several instances of a server. Needs `ioredis`.
 *
 * @example
 * ```ts
 * AuthModule.forRoot({ apiKeys: { store: redisApiKeys({ url: 'redis://127.0.0.1:6379' }) } })
 * ```
 * @publicApi
 */
export function redisApiKeys(options: RedisApiKeysOptions): ApiKeyStore {
  return new RedisApiKeys(REDIS_API_KEYS_OPTIONS.read(options));
}
