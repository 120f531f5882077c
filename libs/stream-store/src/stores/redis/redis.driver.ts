import { validateOptions } from '@millrace/core/options';
import type { StreamStoreDriver } from '../../api/stream-store.driver.js';
import { openConnections } from './redis-connections.js';
import { REDIS_STORE_OPTIONS_SCHEMA, type RedisStoreOptions } from './redis.options.js';
import { RedisStreamStore } from './redis.store.js';

/**
 * Keeps streams in Redis, in the layout of the original: a stream's key is its name, each entry has the one field `d`, and
 * metadata lie as JSON under `XMETA:<stream>`. Several processes on one Redis behave as one server.
 *
 * An ack means that Redis has answered. What a crash of Redis loses is its own setting: nothing with
 * `appendfsync always`, about a second with `everysec`, everything since the last snapshot without an append-only file.
 *
 * @example
 * ```ts
 * StreamStoreModule.forRoot({ store: redisStore({ url: 'redis://127.0.0.1:6789' }) });
 * ```
 * @publicApi
 */
export function redisStore(options: RedisStoreOptions = {}): StreamStoreDriver {
  const settings = validateOptions('redisStore', REDIS_STORE_OPTIONS_SCHEMA, options);
  return {
    create: async ({ retention, limits }) =>
      new RedisStreamStore(await openConnections(settings), settings.keyPrefix, retention, limits),
  };
}
