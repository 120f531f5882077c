import type { ApiKeyStore } from '../../api/api-key-store.js';
import { REDIS_API_KEYS_OPTIONS, type RedisApiKeysOptions } from './redis-api-keys.options.js';
import { RedisApiKeys } from './redis-api-keys.js';
import type { TokenRevocations } from '../../api/token-revocations.js';
import {
  REDIS_TOKEN_REVOCATIONS_OPTIONS,
  type RedisTokenRevocationsOptions,
} from './redis-token-revocations.options.js';
import { RedisTokenRevocations } from './redis-token-revocations.js';

export type { RedisApiKeysOptions } from './redis-api-keys.options.js';
export type { RedisTokenRevocationsOptions } from './redis-token-revocations.options.js';

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

/**
 * Keeps in Redis which tokens were revoked, for several instances of a server. Needs `ioredis`.
 *
 * @example
 * ```ts
 * AuthModule.forRoot({ revocations: { store: redisTokenRevocations({ url: 'redis://127.0.0.1:6379' }) } })
 * ```
 * @publicApi
 */
export function redisTokenRevocations(options: RedisTokenRevocationsOptions): TokenRevocations {
  return new RedisTokenRevocations(REDIS_TOKEN_REVOCATIONS_OPTIONS.read(options));
}
