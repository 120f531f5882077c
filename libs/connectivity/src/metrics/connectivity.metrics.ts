import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConnectionRegistry } from '../api/connection-registry.js';
import type { RegistryStatistics } from '../api/registry-statistics.js';

type Read = (statistics: RegistryStatistics) => number;

const GAUGES: readonly (readonly [name: string, help: string, read: Read])[] = [
  ['millrace_connectivity_partitions', 'Partitions', ({ partitions }) => partitions],
  ['millrace_connectivity_connections', 'Entries, expired ones included', ({ connections }) => connections],
  ['millrace_connectivity_watchers', 'Watches under way in this process', ({ watchers }) => watchers],
];

/** Counters go back to zero with the statistics, which Prometheus takes for a restart. */
const COUNTERS: readonly (readonly [name: string, help: string, read: Read])[] = [
  ['millrace_connectivity_publish_total', 'Publications that succeeded', ({ publish }) => publish.calls],
  [
    'millrace_connectivity_publish_seconds_total',
    'Time spent in them, in seconds',
    ({ publish }) => publish.microseconds / 1e6,
  ],
  ['millrace_connectivity_lookup_total', 'Lookups that succeeded', ({ lookup }) => lookup.calls],
  [
    'millrace_connectivity_lookup_seconds_total',
    'Time spent in them, in seconds',
    ({ lookup }) => lookup.microseconds / 1e6,
  ],
];

/** Puts the figures of one registry of connections into a registry of metrics; they are read when that is. */
export function registerConnectivityMetrics(metrics: Registry, connections: ConnectionRegistry): void {
  for (const [name, help, read] of GAUGES) {
    new Gauge({
      name,
      help,
      registers: [metrics],
      async collect() {
        this.set(read(await connections.statistics()));
      },
    });
  }
  for (const [name, help, read] of COUNTERS) {
    new Counter({
      name,
      help,
      registers: [metrics],
      async collect() {
        this.reset();
        this.inc(read(await connections.statistics()));
      },
    });
  }
}
