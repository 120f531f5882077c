import { parseDuration } from '@millrace/protocol';
import type { Redis } from 'ioredis';
import type { RegistryDriver } from '../../api/registry-driver.js';
import { RedisKeys } from './redis-keys.js';
import type { RedisRegistryOptions } from './redis-options.js';
import { RedisRegistry } from './redis-registry.js';

export type { RedisRegistryOptions } from './redis-options.js';

/**
 * Keeps connections in Redis, so that several instances are one registry. Needs `ioredis` and Redis 6.2 or later.
 *
 * @example
 * ```ts
 * ConnectivityModule.forRoot({ registry: redisRegistry({ url: 'redis://127.0.0.1:6379' }) })
 * ```
 * @publicApi
 */
export function redisRegistry(options: RedisRegistryOptions): RegistryDriver {
  if (!options.url && !options.client) throw new TypeError('redisRegistry: give url or client');
  return {
    create: async (settings) => {
      const [commands, tail] = await connections(options);
      const timeout = parseDuration(options.timeout ?? 2000);
      if (timeout === undefined) throw new TypeError('redisRegistry: timeout is no time span');
      const registry = new RedisRegistry(settings, {
        commands,
        tail,
        keys: new RedisKeys(options.keyPrefix ?? 'millrace:connectivity'),
        timeout,
        snapshotEvery: options.snapshotEvery ?? 1000,
        release: () => {
          commands.disconnect();
          tail.disconnect();
        },
      });
      try {
        return await registry.start();
      } catch (error) {
        await registry.close();
        throw error;
      }
    },
  };
}

async function connections({ url, redis = {}, client }: RedisRegistryOptions): Promise<[Redis, Redis]> {
  const options = { maxRetriesPerRequest: null, enableAutoPipelining: false, ...redis };
  const make = async (): Promise<Redis> => {
    if (client) return client.duplicate({ maxRetriesPerRequest: null });
    const { Redis: Client } = await import('ioredis');
    return new Client(url ?? '', options);
  };
  const made: [Redis, Redis] = [await make(), await make()];
  // Every call has its own deadline and its own error; without a listener ioredis would write to the console.
  for (const connection of made) connection.on('error', () => undefined);
  return made;
}
