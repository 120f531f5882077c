import type { StreamStoreDriver } from '../../stream-store.options.js';
import { RedisKeys } from './redis-keys.js';
import { REDIS_STORE_OPTIONS, type RedisStoreOptions } from './redis.options.js';
import { RedisStreamStore } from './redis.store.js';
import { openStoreConnections } from './store-connections.js';

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
  const settings = REDIS_STORE_OPTIONS.read(options);
  return {
    create: async (context) => {
      const connections = await openStoreConnections(settings);
      const keys = new RedisKeys(connections.keyPrefix);
      return new RedisStreamStore(connections, keys, settings.commandTimeout, context);
    },
  };
}
