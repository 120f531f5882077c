import { LONGEST_TIMER } from '@millrace/protocol';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { noteStart } from '../place.js';
import { isCluster, type RedisClient, type RedisCluster, type SharedRedisSettings } from '../shared-redis.options.js';

const SLOWEST_RETRY = 1000;
/** How long a Redis that stands still may take to close a connection, in milliseconds; a shutdown waits for it. */
const FAREWELL = 200;

/** What a connection is for. */
export interface RedisPurpose {
  /** The longest that one of its commands waits at Redis, in milliseconds. @default 0, none waits */
  readonly blocking?: number;
  /** Where a host gives a connection, that one itself serves. @default false, one like it is made */
  readonly shared?: boolean;
}

/** A client, and whether it is ours to close. */
export interface MadeClient {
  readonly client: RedisClient;
  readonly own: boolean;
}

/**
 * Makes a connection; it connects when it is first used, or asked to. Callers are told at once that Redis is away: nothing
 * waits in a queue, nothing is sent twice.
 */
export function makeClient(settings: SharedRedisSettings, name: string, purpose: RedisPurpose): MadeClient {
  const made = fromHost(settings, name, purpose) ?? { client: fromSettings(settings, name, purpose), own: true };
  if (made.own) settle(made.client);
  return made;
}

function settle(client: RedisClient): void {
  // Every command has its own error; without a listener ioredis would write to the console.
  client.on('error', () => undefined);
  if (isCluster(client)) connectEarly(client);
  else endureFurtherErrors(client);
}

/**
 * ioredis listens to the first error of a socket; one with TLS may have a second, which would end the process. While Sentinels are
 * away each attempt fails with the socket of the last one that was there: it is listened to once.
 */
function endureFurtherErrors(client: Redis): void {
  const endure = (): void => undefined;
  client.on('error', () => (client.stream as Redis['stream'] | undefined)?.off('error', endure).on('error', endure));
}

/**
 * By itself a connection to a node begins with the first command, and all others that come meanwhile fail. Replicas serve
 * nothing of ours.
 */
function connectEarly(cluster: RedisCluster): void {
  cluster.on('+node', (node: Redis) => {
    endureFurtherErrors(node);
    if (node.status === 'wait' && !node.options.readOnly) node.connect().catch(() => undefined);
  });
}

function fromHost(settings: SharedRedisSettings, name: string, purpose: RedisPurpose): MadeClient | undefined {
  const { client } = settings;
  if (client === undefined) return undefined;
  if (typeof client === 'function') return { client: client(name), own: true };
  if (purpose.shared) return { client, own: false };
  return { client: alike(client, purposeOptions(settings, name, purpose)), own: true };
}

/**
 * A further connection to where another one goes, with its login. By Sentinels it leaves a master in whose place another one was
 * chosen, also where the host's does not: what that one takes afterwards is lost.
 */
function alike(client: RedisClient, { retryStrategy: _theirs, ...options }: RedisOptions): RedisClient {
  if (!isCluster(client)) {
    return client.duplicate({ ...options, ...(client.options.sentinels && { failoverDetector: true }) });
  }
  const { cluster, redisOptions } = split(options);
  return client.duplicate([], { ...cluster, redisOptions: { ...client.options.redisOptions, ...redisOptions } });
}

function fromSettings(settings: SharedRedisSettings, name: string, purpose: RedisPurpose): RedisClient {
  const { url, sentinels, name: master, cluster: nodes } = settings;
  const options: RedisOptions = { ...loginOptions(settings), ...purposeOptions(settings, name, purpose) };
  if (nodes) {
    const { cluster, redisOptions } = split(options);
    const made = new Cluster([...nodes], { ...cluster, lazyConnect: true, redisOptions });
    noteStart(made, nodes);
    return made;
  }
  const single = { ...options, lazyConnect: true };
  if (!sentinels) return new Redis(url ?? 'redis://127.0.0.1:6379', single);
  return new Redis({ ...single, ...sentinelOptions(settings), sentinels: [...sentinels], name: master });
}

/** What a cluster takes for itself, and what it takes for the connections to its nodes. */
function split({ enableOfflineQueue, retryStrategy: _none, ...redisOptions }: RedisOptions) {
  const cluster = {
    enableOfflineQueue,
    // A command that failed is not sent again behind those that came later.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    clusterRetryStrategy: retryDelay,
    // keepSlots() asks instead.
    slotsRefreshInterval: 0,
    // It asks a node to which the connection may not be ready, and then begins anew; whenReady() waits for them.
    enableReadyCheck: false,
    // Certificates name hosts, not addresses.
    ...(redisOptions.tls && { dnsLookup: asItIs }),
  };
  return { cluster, redisOptions };
}

function asItIs(address: string, callback: (error: null, address: string) => void): void {
  callback(null, address);
}

function retryDelay(attempt: number): number {
  return Math.min(50 * attempt, SLOWEST_RETRY);
}

function loginOptions({ username, password, db, tls }: SharedRedisSettings): RedisOptions {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(db !== undefined && { db }),
    ...(tls !== undefined && tls !== false && { tls: tls === true ? {} : tls }),
  };
}

function sentinelOptions(settings: SharedRedisSettings): RedisOptions {
  const { sentinelUsername, sentinelPassword, tls, commandTimeout } = settings;
  const secured = tls !== undefined && tls !== false;
  return {
    sentinelUsername,
    sentinelPassword,
    sentinelCommandTimeout: Math.min(commandTimeout, LONGEST_TIMER),
    sentinelRetryStrategy: retryDelay,
    failoverDetector: true,
    ...(secured && { enableTLSForSentinelMode: true, sentinelTLS: tls === true ? {} : tls }),
  };
}

function purposeOptions(
  { commandTimeout, connectionName }: SharedRedisSettings,
  name: string,
  { blocking = 0 }: RedisPurpose,
): RedisOptions {
  return {
    connectionName: `${connectionName}:${name}`,
    retryStrategy: retryDelay,
    // By itself up to 10 s pass between Redis having loaded its data and the next look.
    maxLoadingRetryTime: SLOWEST_RETRY,
    disconnectTimeout: FAREWELL,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // They become timers of ioredis.
    commandTimeout: blocking > 0 ? undefined : Math.min(commandTimeout, LONGEST_TIMER),
    // Without an answer for so long the connection is dropped: the next may find another master.
    socketTimeout: Math.min(blocking + commandTimeout, LONGEST_TIMER),
    connectTimeout: Math.min(commandTimeout, LONGEST_TIMER),
  };
}
