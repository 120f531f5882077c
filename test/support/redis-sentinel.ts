import { Redis } from 'ioredis';
import { askServer, PATIENCE, type RedisTopology, type RedisWay, serverArguments } from './redis.js';
import { type RedisServer, startProcess } from './redis-process.js';
import { waitFor } from './waiting.js';

export interface SentinelOptions {
  /** After so many milliseconds without an answer a server counts as down. */
  readonly downAfter?: number;
  /** Arguments of both servers that hold data, such as `--min-replicas-to-write 1`. */
  readonly args?: readonly string[];
}

/** A primary, its replica, and three Sentinels that watch them. */
export interface RunningSentinel extends RedisTopology {
  readonly way: RedisWay & { readonly sentinels: readonly { host: string; port: number }[]; readonly name: string };
  readonly sentinels: readonly RedisServer[];
  connect(): Redis;
  /** The server that the Sentinels name. */
  primary(): Promise<RedisServer>;
  /** The other one. */
  replica(): Promise<RedisServer>;
  /** Waits until all Sentinels name a server. They hear it from each other, so they do not all know at once. */
  named(server: RedisServer): Promise<void>;
}

const NAME = 'main';
const SENTINELS = 3;
const QUORUM = 2;

/**
 * Starts a primary, a replica and three Sentinels on free ports of the loopback interface.
 *
 * @example
 * ```ts
 * const redis = await startSentinel({ args: ['--min-replicas-to-write', '1'] });
 * await (await redis.primary()).kill();
 * ```
 */
export async function startSentinel({ downAfter = 1500, args = [] }: SentinelOptions = {}): Promise<RunningSentinel> {
  const servers: RedisServer[] = [];
  const sentinels: RedisServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all([...sentinels, ...servers].map((each) => each.stop()));
  };
  try {
    const first = await startData(args);
    servers.push(first);
    servers.push(await startData(args, first.port));
    // Sentinels look for replicas at once, and then each ten seconds.
    await waitFor('the replica', () =>
      askServer(first, async (server) => (await server.info('replication')).includes('state=online')),
    );
    const starting = await Promise.allSettled(
      Array.from({ length: SENTINELS }, () => startWatching(first.port, downAfter)),
    );
    for (const each of starting) if (each.status === 'fulfilled') sentinels.push(each.value);
    for (const each of starting) if (each.status === 'rejected') throw each.reason;
    await Promise.all(sentinels.map(knowsAll));
  } catch (error) {
    await stop();
    throw error;
  }
  return control(servers, sentinels, stop);
}

function control(servers: RedisServer[], sentinels: RedisServer[], stop: () => Promise<void>): RunningSentinel {
  const way = { sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })), name: NAME };
  const primary = async (): Promise<RedisServer> => {
    const witness = sentinels.find(({ answers }) => answers);
    if (!witness) throw new Error('No Sentinel runs');
    const port = await namedBy(witness);
    return find(servers, (server) => server.port === port);
  };
  const onPrimaries = async <T>(work: (server: Redis) => Promise<T>): Promise<T[]> => [
    await askServer(await primary(), work),
  ];
  return {
    way: { ...PATIENCE, ...way },
    servers,
    sentinels,
    connect: () => new Redis({ ...way, sentinels: [...way.sentinels], failoverDetector: true }),
    primary,
    replica: async () => {
      const { port } = await primary();
      return find(servers, (server) => server.port !== port);
    },
    named: async ({ port }) => {
      for (const sentinel of sentinels) {
        await waitFor('all Sentinels to name the server', async () => (await namedBy(sentinel)) === port);
      }
    },
    primaryOf: primary,
    onPrimaries,
    flushAll: async () => void (await onPrimaries((server) => server.flushall())),
    stop,
  };
}

async function namedBy(sentinel: RedisServer): Promise<number> {
  const [, port] = await askServer(
    sentinel,
    (connection) => connection.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME) as Promise<string[]>,
  );
  return Number(port);
}

function find(servers: readonly RedisServer[], is: (server: RedisServer) => boolean): RedisServer {
  const found = servers.find(is);
  if (!found) throw new Error('The Sentinels name a server that is not of this test');
  return found;
}

/** Its role stands in a file, where it is changed by the Sentinels: after a restart it has the one that it had. */
function startData(args: readonly string[], primary?: number): Promise<RedisServer> {
  return startProcess({
    file: () => [
      // The first copy need not wait for further replicas.
      'repl-diskless-sync-delay 0',
      ...(primary === undefined ? [] : [`replicaof 127.0.0.1 ${primary}`]),
    ],
    args: (port) => serverArguments(port, args),
  });
}

function startWatching(primary: number, downAfter: number): Promise<RedisServer> {
  return startProcess({
    file: (port, directory) => [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${directory}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${primary} ${QUORUM}`,
      `sentinel down-after-milliseconds ${NAME} ${downAfter}`,
      `sentinel failover-timeout ${NAME} ${2 * downAfter}`,
    ],
    args: () => ['--sentinel'],
    ready: 'Sentinel ID is',
  });
}

async function knowsAll(sentinel: RedisServer): Promise<void> {
  await askServer(sentinel, (connection) =>
    waitFor('a Sentinel to know all others', async () => {
      const about = (await connection.call('SENTINEL', 'MASTER', NAME)) as string[];
      const valueOf = (name: string): number => Number(about[about.indexOf(name) + 1]);
      return valueOf('num-slaves') === 1 && valueOf('num-other-sentinels') === SENTINELS - 1;
    }),
  );
}
