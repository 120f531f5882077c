import { parseDuration } from '@millrace/protocol';
import type { ApiKeyStore } from '../api/api-key-store.js';
import type { RedisApiKeysOptions } from '../stores/redis-api-keys-options.js';
import { RedisApiKeys } from '../stores/redis-api-keys.js';

export type { RedisApiKeysOptions } from '../stores/redis-api-keys-options.js';

/**
 * Keeps API keys in Redis, for several instances of a server. Needs `ioredis`.
 *
 * @example
 * ```ts
 * AuthModule.forRoot({ apiKeys: { store: redisApiKeys({ url: 'redis://127.0.0.1:6379' }) } })
 * ```
 * @publicApi
 */
export function redisApiKeys({
  url,
  client,
  keyPrefix = 'millrace:api-keys',
  timeout = 2000,
}: RedisApiKeysOptions): ApiKeyStore {
  if (!url && !client) throw new TypeError('redisApiKeys: give url or client');
  const milliseconds = parseDuration(timeout);
  if (!milliseconds) throw new TypeError('redisApiKeys: timeout is no time span');
  return new RedisApiKeys({ url, client, keyPrefix, timeout: milliseconds });
}
