import type { MetricFamily, OperationsPart } from '@millrace/core/ops';
import type { ConnectionRegistry, RegistryStatistics } from './api/connection-registry.js';

type Counts = Omit<RegistryStatistics, 'maxConnections'>;
type Figure = readonly [name: string, help: string, read: (counts: Counts) => number];

const GAUGES: readonly Figure[] = [
  ['partitions', 'Partitions', ({ partitions }) => partitions],
  ['connections', 'Entries, expired ones included', ({ connections }) => connections],
  ['watchers', 'Watches under way in this process', ({ watchers }) => watchers],
];

/** Counters go back to zero with the statistics, which Prometheus takes for a restart. */
const COUNTERS: readonly Figure[] = [
  ['publish_total', 'Publications that succeeded', ({ publish }) => publish.calls],
  ['publish_seconds_total', 'Time spent in them, in seconds', ({ publish }) => publish.microseconds / 1e6],
  ['lookup_total', 'Lookups that succeeded', ({ lookup }) => lookup.calls],
  ['lookup_seconds_total', 'Time spent in them, in seconds', ({ lookup }) => lookup.microseconds / 1e6],
  ['applied_total', 'Changes applied in this process, those of other processes included', ({ applied = 0 }) => applied],
];

/** Health and metrics of a registry: it is up while it answers. */
export function connectivityOperations(registry: ConnectionRegistry): OperationsPart {
  let counting: Promise<Counts> | undefined;
  /** What is read for one scrape is asked for at the same time: once. */
  const counts = (): Promise<Counts> => (counting ??= registry.counts().finally(() => (counting = undefined)));
  const family = ([name, help, read]: Figure) => ({
    name: `millrace_connectivity_${name}`,
    help,
    read: async () => read(await counts()),
  });
  return {
    name: 'connectivity',
    health: async () => {
      await registry.ping();
      return { status: 'up' };
    },
    metrics: [
      ...GAUGES.map((figure): MetricFamily => ({ type: 'gauge', ...family(figure) })),
      ...COUNTERS.map((figure): MetricFamily => ({ type: 'counter', ...family(figure) })),
    ],
  };
}
