import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisClient, RedisSettings } from './redis.options.js';

const SLOWEST_RETRY = 1000;

/** What a connection is for. */
export interface RedisPurpose {
  /** Its commands wait at Redis, so no deadline of ours ends them. @default false */
  readonly blocking?: boolean;
  /** Where a host gives a connection, that one itself serves. @default false, one like it is made */
  readonly shared?: boolean;
  /** Settings of ioredis that differ from the rule: a command fails at once while Redis is away, and is not sent twice. */
  readonly settings?: RedisOptions;
}

/** A client, and whether it is ours to close. */
export interface MadeClient {
  readonly client: RedisClient;
  readonly own: boolean;
}

/** Makes a connection; it connects when it is first used, or asked to. */
export function makeClient(settings: RedisSettings, name: string, purpose: RedisPurpose): MadeClient {
  const made = fromHost(settings, name, purpose) ?? { client: fromSettings(settings, purpose), own: true };
  // Every command has its own error; without a listener ioredis would write to the console.
  if (made.own) made.client.on('error', () => undefined);
  return made;
}

function fromHost({ client }: RedisSettings, name: string, purpose: RedisPurpose): MadeClient | undefined {
  if (client === undefined) return undefined;
  if (typeof client === 'function') return { client: client(name), own: true };
  if (purpose.shared) return { client, own: false };
  const like =
    client instanceof Cluster
      ? client.duplicate([], { redisOptions: purpose.settings })
      : client.duplicate(purpose.settings);
  return { client: like, own: true };
}

function fromSettings(settings: RedisSettings, purpose: RedisPurpose): RedisClient {
  const { url, sentinels, name, cluster } = settings;
  const options = clientOptions(settings, purpose);
  if (cluster) {
    const { lazyConnect, enableOfflineQueue, ...redisOptions } = options;
    return new Cluster([...cluster], { lazyConnect, enableOfflineQueue, redisOptions });
  }
  if (sentinels) return new Redis({ ...options, sentinels: [...sentinels], name });
  return new Redis(url ?? 'redis://127.0.0.1:6379', options);
}

function clientOptions(settings: RedisSettings, { blocking = false, settings: own }: RedisPurpose): RedisOptions {
  const { username, password, db, tls, commandTimeout } = settings;
  return {
    lazyConnect: true,
    // Callers are told at once that Redis is away: nothing waits in a queue, nothing is sent twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * attempt, SLOWEST_RETRY),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(db !== undefined && { db }),
    ...(tls !== undefined && tls !== false && { tls: tls === true ? {} : tls }),
    ...(!blocking && { commandTimeout }),
    ...own,
  };
}
