import { join } from 'node:path';
import {
  type ApiKeyStore,
  fileUsers,
  type LoginLimits,
  type ManagedUserStore,
  type TokenRevocations,
} from '@millrace/auth';
import { memoryRegistry, type RegistryDriver } from '@millrace/connectivity';
import { FileSourceStore, type SourceStore } from '@millrace/connector';
import { embeddedStore, memoryStore, type StreamStoreDriver } from '@millrace/stream-store';
import type { Settings } from './settings.js';

/** Where streams, connections, sources, users, API keys and revoked tokens are kept, and logins counted. */
export interface Stores {
  readonly streams: StreamStoreDriver;
  readonly registry: RegistryDriver;
  /** Sources with their configuration documents. */
  readonly sources: SourceStore;
  /** They log in in production. */
  readonly users: ManagedUserStore;
  /** By default a file in the data folder, which the command `millrace keys` writes too. */
  readonly apiKeys?: ApiKeyStore;
  /** By default a file in the data folder, which the command `millrace` writes too. */
  readonly revocations?: TokenRevocations;
  /** By default each instance counts logins for itself. */
  readonly logins?: LoginLimits;
  /** Ends what no module closes, where a start has failed. */
  readonly abandon: () => void;
}

/** Makes the stores that the settings ask for; they are opened when the modules start. */
export async function makeStores({ store, dataDirectory, redis: place }: Settings): Promise<Stores> {
  const streams = store === 'memory' ? memoryStore() : embeddedStore({ directory: join(dataDirectory, 'streams') });
  const path = join(dataDirectory, 'users.json');
  const users = fileUsers({ path });
  const sources = new FileSourceStore(join(dataDirectory, 'sources'));
  if (!place) return { streams, registry: memoryRegistry(), sources, users, abandon: () => undefined };
  // Loaded where there is a Redis.
  const [{ sharedRedis }, auth, connectivity, connector, streamStore] = await Promise.all([
    import('@millrace/core/redis'),
    import('@millrace/auth/redis'),
    import('@millrace/connectivity/redis'),
    import('@millrace/connector/redis'),
    import('@millrace/stream-store/redis'),
  ]);
  const redis = sharedRedis(place.options);
  const abandon = (): void => redis.close();
  const registry = connectivity.redisRegistry({ redis });
  if (store !== 'redis') return { streams, registry, sources, users, abandon };
  return {
    streams: streamStore.redisStore({ redis }),
    registry,
    sources: connector.redisSources({ redis }),
    users: auth.redisUsers({ redis, from: path }),
    apiKeys: auth.redisApiKeys({ redis }),
    revocations: auth.redisTokenRevocations({ redis }),
    logins: auth.redisLoginLimits({ redis }),
    abandon,
  };
}
