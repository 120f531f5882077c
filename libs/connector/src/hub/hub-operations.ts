import { Injectable } from '@nestjs/common';
import {
  type GaugeFamily,
  type HealthReport,
  type MetricFamily,
  OperationsRegistry,
  type Sample,
} from '@millrace/core/ops';
import type { HubSourceStatus } from '@millrace/protocol';
import { ConnectorHub } from '../api/connector-hub.js';
import { SourceStore } from '../api/source-store.port.js';

/** Health and metrics of the hub, as `sources`, and what its store says of itself. */
@Injectable()
export class HubOperations {
  constructor(operations: OperationsRegistry, hub: ConnectorHub, store: SourceStore) {
    operations.add({ name: 'sources', health: () => hubHealth(hub, store), metrics: hubMetrics(hub) });
    if (store.operations) operations.add(store.operations);
  }
}

/** Up with the numbers of sources and of those with a connector. */
async function hubHealth(hub: ConnectorHub, store: SourceStore): Promise<HealthReport> {
  await store.check?.();
  const sources = await hub.sources();
  const connected = sources.filter(({ state }) => state !== 'disconnected').length;
  return { status: 'up', details: { sources: sources.length, connected } };
}

function hubMetrics(hub: ConnectorHub): MetricFamily[] {
  /** What only grows has a name that ends in `_total`. */
  const family = (name: string, help: string, read: GaugeFamily['read'], labels?: readonly string[]): MetricFamily => {
    const common = { name: `millrace_hub_${name}`, help, read, labels };
    return name.endsWith('_total') ? { type: 'counter', ...common } : { type: 'gauge', ...common };
  };
  let reading: Promise<HubSourceStatus[]> | undefined;
  /** What is read for one scrape is asked for at the same time: once. */
  const sources = (): Promise<HubSourceStatus[]> => (reading ??= hub.sources().finally(() => (reading = undefined)));
  const perSource = (name: string, help: string, figure: (source: HubSourceStatus) => number): MetricFamily => {
    const sample = (source: HubSourceStatus): Sample => ({ labels: { source: source.name }, value: figure(source) });
    return family(name, help, async () => (await sources()).map(sample), ['source']);
  };
  return [
    family('sessions', 'Live sessions of connectors', () => hub.sessions().length),
    perSource('source_connected', 'Whether a connector serves the source', ({ state }) =>
      Number(state === 'connected'),
    ),
    perSource('notifications_total', 'Notifications taken from connectors', ({ notifications }) => notifications),
    perSource('publishes_total', 'Messages published to connectors', ({ publishes }) => publishes),
    perSource('queries_total', 'Queries sent to connectors', ({ queries }) => queries),
    family('unreadable_messages_total', 'Messages that make no sense', () => hub.counters.unreadable),
    family('refused_tokens_total', 'Refused authentications', () => hub.counters.refusedTokens),
    family('refused_claims_total', 'Refused claims', () => hub.counters.refusedClaims),
  ];
}
