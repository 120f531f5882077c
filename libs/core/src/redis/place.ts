import type { Redis } from 'ioredis';
import { isCluster, type RedisClient, type RedisCluster } from './shared-redis.options.js';

/** The nodes that clusters were made with: those of one that was not reached are no longer known. */
const STARTS = new WeakMap<RedisClient, string>();

/** Notes by which nodes a cluster is looked for. */
export function noteStart(
  cluster: RedisCluster,
  nodes: readonly { readonly host: string; readonly port: number }[],
): void {
  STARTS.set(cluster, nodes.map((options) => nodeAddress({ options })).join(', '));
}

/** Where a connection goes: host and port, never the login; several for a cluster and for Sentinels. */
export function redisPlace(client: RedisClient): string {
  if (isCluster(client)) {
    return client.nodes('all').map(redisPlace).join(', ') || (STARTS.get(client) ?? 'the nodes of the cluster');
  }
  const { host, port, path, sentinels } = client.options;
  if (sentinels) return sentinels.map((each) => `${each.host}:${each.port} (Sentinel)`).join(', ');
  return path ?? `${host}:${port}`;
}

/** The server that a connection has reached; undefined while there is none. */
export function reachedNode({ stream, status, options }: Redis): string | undefined {
  if (status !== 'ready') return undefined;
  const { remoteAddress, remotePort } = stream as Partial<{ remoteAddress: string; remotePort: number }>;
  return remoteAddress === undefined ? options.path : `${remoteAddress}:${remotePort}`;
}

/** A node of a cluster as its slots name it. */
export function nodeAddress({ options }: { readonly options: Pick<Redis['options'], 'host' | 'port'> }): string {
  return `${options.host}:${options.port}`;
}

/** The connections to single servers that a client has: itself, or those to the masters of a cluster. */
export function mastersOf(client: RedisClient): Redis[] {
  return isCluster(client) ? client.nodes('master') : [client];
}
