import type { RedisWay } from './redis.js';

/** The variables that lead the reference application to a Redis. */
export function variablesOf(way: RedisWay): Record<string, string> {
  const list = (nodes: readonly { host: string; port: number }[]): string =>
    nodes.map(({ host, port }) => `${host}:${port}`).join(',');
  if ('url' in way) return { REDIS_URL: way.url };
  if ('cluster' in way) return { REDIS_CLUSTER: list(way.cluster) };
  return { REDIS_SENTINELS: list(way.sentinels), REDIS_MASTER: way.name };
}
