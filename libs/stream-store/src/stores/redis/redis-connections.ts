import { Cluster, Redis } from 'ioredis';
import { StoreUnavailableError } from '../../api/store.errors.js';
import type { RedisClient, RedisStoreSettings } from './redis.options.js';

const SLOWEST_RETRY_MS = 1000;

/** The two connections of a store: one is always free for commands, the other waits for news. */
export interface RedisConnections {
  readonly commands: RedisClient;
  readonly tail: RedisClient;
  readonly isCluster: boolean;
}

/**
 * Connects, and waits until Redis answers.
 *
 * @throws StoreUnavailableError when it does not in time
 */
export async function openConnections(settings: RedisStoreSettings): Promise<RedisConnections> {
  const connect = settings.connect ?? ((purpose) => connectTo(settings, purpose));
  const [commands, tail] = [connect('commands'), connect('tail')];
  try {
    await Promise.all([commands, tail].map((client) => ready(client, settings.startTimeout)));
  } catch (error) {
    commands.disconnect();
    tail.disconnect();
    throw error;
  }
  return { commands, tail, isCluster: commands instanceof Cluster };
}

function connectTo({ url, commandTimeout }: RedisStoreSettings, purpose: 'commands' | 'tail'): Redis {
  return new Redis(url, {
    lazyConnect: true,
    // Whoever pushes is told at once that Redis is away; nothing waits in a queue, nothing is sent twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A blocking read takes as long as it takes; the tail reader has a watch of its own.
    ...(purpose === 'commands' ? { commandTimeout } : {}),
    retryStrategy: (attempt) => Math.min(50 * attempt, SLOWEST_RETRY_MS),
  });
}

async function ready(client: RedisClient, deadline: number): Promise<void> {
  // Errors of a live connection are told by the commands that fail.
  let last: unknown;
  client.on('error', (error: unknown) => {
    last = error;
  });
  if (client.status === 'ready') return;
  if (client.status === 'wait') client.connect().catch((error: unknown) => (last = error));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new StoreUnavailableError(`Redis did not answer within ${deadline} ms`, { cause: last }));
    }, deadline);
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
