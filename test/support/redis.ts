import type { Redis as OneServer, Cluster } from 'ioredis';
import { Redis } from 'ioredis';
import { type RedisServer, startProcess } from './redis-process.js';

/** What tells a driver of ours where Redis is, to be spread into its options. */
export type RedisWay = Patience &
  (
    | { readonly url: string }
    | { readonly sentinels: readonly RedisNode[]; readonly name: string }
    | { readonly cluster: readonly RedisNode[] }
  );

interface Patience {
  readonly startTimeout: '30s';
}

/** A machine that runs many tests lets a start wait for longer than a user would. */
export const PATIENCE: Patience = { startTimeout: '30s' };

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** A Redis of one process or of several. */
export interface RedisTopology {
  readonly way: RedisWay;
  /** All processes that hold data. */
  readonly servers: readonly RedisServer[];
  /** A connection of the test's own, which the test closes. */
  connect(): OneServer | Cluster;
  /** The process that takes writes of a key now. */
  primaryOf(key: string): Promise<RedisServer>;
  /** Does something on every process that takes writes. */
  onPrimaries<T>(work: (primary: OneServer) => Promise<T>): Promise<T[]>;
  flushAll(): Promise<void>;
  /** Ends all processes and removes their folders. */
  stop(): Promise<void>;
}

/** One server, which takes all writes. */
export interface RunningRedis extends RedisServer, RedisTopology {
  readonly way: RedisWay & { readonly url: string };
  connect(): OneServer;
}

/** What all servers of tests have in common: they keep nothing on disk unless asked to. */
export function serverArguments(port: number, extraArgs: readonly string[]): string[] {
  return [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    '.',
    '--save',
    '',
    '--appendonly',
    'no',
    ...extraArgs,
  ];
}

/** Does something by a connection that is closed afterwards. */
export async function askServer<T>({ url }: RedisServer, question: (server: OneServer) => Promise<T>): Promise<T> {
  const connection = new Redis(url);
  try {
    return await question(connection);
  } finally {
    connection.disconnect();
  }
}

/**
 * Starts a real Redis on a free port of the loopback interface, with a data folder of its own. It keeps nothing on disk
 * unless asked to.
 *
 * @example
 * ```ts
 * const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
 * ```
 */
export async function startRedis(extraArgs: readonly string[] = []): Promise<RunningRedis> {
  const server = await startProcess({ args: (port) => serverArguments(port, extraArgs) });
  // Not by spreading: `answers` changes.
  return Object.assign(server, {
    way: { ...PATIENCE, url: server.url },
    servers: [server],
    connect: () => new Redis(server.url),
    primaryOf: async () => server,
    onPrimaries: async <T>(work: (primary: OneServer) => Promise<T>) => [await askServer(server, work)],
    flushAll: () => askServer(server, (connection) => connection.flushall()).then(() => undefined),
  });
}
