import type { RegistryStatistics } from '../api/registry-statistics.js';

/** The statistics as plain data, for `GET /connections/statistics`. */
export function statisticsJson(statistics: RegistryStatistics): object {
  const { since, publish, lookup, partitions, maxPartitions, connections, maxConnections, watchers } = statistics;
  return {
    since: new Date(since).toISOString(),
    publish,
    lookup,
    partitions,
    max_partitions: maxPartitions,
    connections,
    // A list: not every reader takes a name such as __proto__ for a member of an object.
    max_connections: [...maxConnections].map(([partition, most]) => ({ partition, most })),
    watchers,
  };
}
