import { LONGEST_TIMER } from '@millrace/protocol';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisClient, RedisSettings } from './redis.options.js';

const SLOWEST_RETRY = 1000;
/** How long a Redis that stands still may take to close a connection, in milliseconds; a shutdown waits for it. */
const FAREWELL = 500;

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

function fromHost(settings: RedisSettings, name: string, purpose: RedisPurpose): MadeClient | undefined {
  const { client } = settings;
  if (client === undefined) return undefined;
  if (typeof client === 'function') return { client: client(name), own: true };
  if (purpose.shared) return { client, own: false };
  return { client: alike(client, purposeOptions(settings, purpose)), own: true };
}

/** A further connection to where another one goes, with its login. */
function alike(client: RedisClient, options: RedisOptions): RedisClient {
  if (!(client instanceof Cluster)) return client.duplicate(options);
  const { enableOfflineQueue, ...own } = options;
  return client.duplicate([], { enableOfflineQueue, redisOptions: { ...client.options.redisOptions, ...own } });
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

function clientOptions(settings: RedisSettings, purpose: RedisPurpose): RedisOptions {
  const { username, password, db, tls } = settings;
  return {
    lazyConnect: true,
    retryStrategy: (attempt) => Math.min(50 * attempt, SLOWEST_RETRY),
    // By itself up to 10 s pass between Redis having loaded its data and the next look.
    maxLoadingRetryTime: SLOWEST_RETRY,
    disconnectTimeout: FAREWELL,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(db !== undefined && { db }),
    ...(tls !== undefined && tls !== false && { tls: tls === true ? {} : tls }),
    ...purposeOptions(settings, purpose),
  };
}

function purposeOptions(
  { commandTimeout }: RedisSettings,
  { blocking = false, settings: own }: RedisPurpose,
): RedisOptions {
  return {
    // Callers are told at once that Redis is away: nothing waits in a queue, nothing is sent twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // It becomes a timer of ioredis.
    commandTimeout: blocking ? undefined : Math.min(commandTimeout, LONGEST_TIMER),
    ...own,
  };
}
