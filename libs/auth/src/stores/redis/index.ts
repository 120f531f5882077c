import type { ApiKeyStore } from '../../api/api-key-store.js';
import {
  REDIS_API_KEYS_OPTIONS,
  REDIS_LOGIN_LIMITS_OPTIONS,
  REDIS_TOKEN_REVOCATIONS_OPTIONS,
  type RedisAuthOptions,
} from './redis-auth.options.js';
import { RedisApiKeys } from './redis-api-keys.js';
import type { TokenRevocations } from '../../api/token-revocations.js';
import { RedisTokenRevocations } from './redis-token-revocations.js';
import type { LoginLimits } from '../../api/login-limits.js';
import { RedisLoginLimits } from './redis-login-limits.js';
import type { ManagedUserStore } from '../../api/user-store.js';
import { REDIS_USERS_OPTIONS, type RedisUsersOptions } from './redis-users.options.js';
import { RedisUsers } from './redis-users.js';

export type { RedisAuthOptions } from './redis-auth.options.js';
export type { RedisUsersOptions } from './redis-users.options.js';

/**
 * Keeps API keys in Redis, for several instances of a server. Needs `ioredis`.
 *
 * @example
 * ```ts
 * AuthModule.forRoot({ apiKeys: { store: redisApiKeys({ url: 'redis://127.0.0.1:6379' }) } })
 * ```
 * @publicApi
 */
export function redisApiKeys(options: RedisAuthOptions): ApiKeyStore {
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
export function redisTokenRevocations(options: RedisAuthOptions): TokenRevocations {
  return new RedisTokenRevocations(REDIS_TOKEN_REVOCATIONS_OPTIONS.read(options));
}

/**
 * Keeps users in Redis, for several instances of a server. Needs `ioredis`.
 *
 * @example
 * ```ts
 * AuthModule.forRoot({ users: redisUsers({ url: 'redis://127.0.0.1:6379', from: 'data/users.json' }) })
 * ```
 * @publicApi
 */
export function redisUsers(options: RedisUsersOptions): ManagedUserStore {
  return new RedisUsers(REDIS_USERS_OPTIONS.read(options));
}

/**
 * Counts logins in Redis, so that several instances of a server have one limit. Needs `ioredis`.
 *
 * @example
 * ```ts
 * AuthModule.forRoot({ throttle: { store: redisLoginLimits({ url: 'redis://127.0.0.1:6379' }) } })
 * ```
 * @publicApi
 */
export function redisLoginLimits(options: RedisAuthOptions): LoginLimits {
  return new RedisLoginLimits(REDIS_LOGIN_LIMITS_OPTIONS.read(options));
}
