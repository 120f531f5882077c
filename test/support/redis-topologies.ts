import { type RedisTopology, startRedis } from './redis.js';
import { startCluster } from './redis-cluster.js';
import { startSentinel } from './redis-sentinel.js';
import { SOAK } from './soak.js';

/** For suites that let no server fail: a machine that stalls is not to be taken for that. */
const PATIENT = 30_000;

/**
 * What a suite runs on that is to hold for every kind of Redis.
 *
 * @example
 * ```ts
 * describe.each(TOPOLOGIES)('The store in Redis on $topology', ({ start }) => { … });
 * ```
 */
export const TOPOLOGIES: readonly { readonly topology: string; readonly start: () => Promise<RedisTopology> }[] = [
  { topology: 'one server', start: () => startRedis() },
  { topology: 'Sentinel', start: () => startSentinel({ downAfter: PATIENT }) },
  { topology: 'a cluster', start: () => startCluster({ replicas: SOAK ? 1 : 0, nodeTimeout: PATIENT }) },
];

/** The same without Sentinel, for long suites: as long as no replica takes over, it is one server to them. */
export const PLAIN_TOPOLOGIES = TOPOLOGIES.filter(({ topology }) => topology !== 'Sentinel');
