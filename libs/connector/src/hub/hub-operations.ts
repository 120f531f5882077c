import { Injectable } from '@nestjs/common';
import {
  type GaugeFamily,
  type HealthReport,
  type MetricFamily,
  OperationsRegistry,
  type Sample,
} from '@millrace/core/ops';
import { hubNotices } from './hub-notices.js';
import type { SourceFigures } from './sources/source-registry.js';
import { ConnectorHub } from '../api/connector-hub.js';
import { SourceStore } from '../api/source-store.port.js';

/** Health and metrics of the hub, as `sources`, and what its store says of itself. */
@Injectable()
export class HubOperations {
  constructor(operations: OperationsRegistry, hub: ConnectorHub, store: SourceStore) {
    operations.add({
      name: 'sources',
      health: () => hubHealth(hub, store),
      metrics: hubMetrics(hub, store),
      notices: () => hubNotices(hub),
    });
    if (store.operations) operations.add(store.operations);
  }
}

/** Up with the numbers of sources and of those with a connector. */
async function hubHealth(hub: ConnectorHub, store: SourceStore): Promise<HealthReport> {
  await store.check?.();
  const sources = await hub.sources();
  const { instances } = hub;
  const connected = sources.filter(({ state }) => state !== 'disconnected').length;
  return {
    status: 'up',
    details: { sources: sources.length, connected, ...(instances !== undefined && { instances }) },
  };
}

const STATES = ['connected', 'reconnecting', 'disconnected'] as const;

/** Of this instance: the sum over all instances is that of the server. */
function hubMetrics(hub: ConnectorHub, store: SourceStore): MetricFamily[] {
  /** What only grows has a name that ends in `_total`. */
  const family = (
    name: string,
    help: string,
    read: GaugeFamily['read'],
    labels?: readonly string[],
    costly = false,
  ): MetricFamily => {
    const common = { name: `millrace_hub_${name}`, help, read, labels, costly };
    return name.endsWith('_total') ? { type: 'counter', ...common } : { type: 'gauge', ...common };
  };
  const isShared = store.shareSources !== undefined;
  let reading: Promise<readonly string[]> | undefined;
  /** What is read for one scrape is asked for at the same time: once. */
  const names = (): Promise<readonly string[]> => (reading ??= store.names().finally(() => (reading = undefined)));
  const perSource = (name: string, help: string, figure: (source: SourceFigures) => number): MetricFamily => {
    const sample = (source: string): Sample => ({ labels: { source }, value: figure(hub.figuresOf(source)) });
    return family(name, help, async () => (await names()).map(sample), ['source'], isShared);
  };
  const byState = async (): Promise<Sample[]> => {
    const sources = await hub.sources();
    return STATES.map((state) => ({
      labels: { state },
      value: sources.filter((source) => source.state === state).length,
    }));
  };
  return [
    family('sources', 'Sources of all instances by state', byState, ['state'], isShared),
    family('sessions', 'Live sessions of connectors', () => hub.sessions().length),
    perSource('source_connected', 'Whether a connector serves the source by this instance', ({ isServed }) =>
      Number(isServed),
    ),
    perSource('notifications_total', 'Notifications taken from connectors', ({ notifications }) => notifications),
    perSource('publishes_total', 'Messages published to connectors', ({ publishes }) => publishes),
    perSource('queries_total', 'Queries sent to connectors', ({ queries }) => queries),
    family('unreadable_messages_total', 'Messages that make no sense', () => hub.counters.unreadable),
    family('refused_tokens_total', 'Refused authentications', () => hub.counters.refusedTokens),
    family('refused_claims_total', 'Refused claims', () => hub.counters.refusedClaims),
  ];
}
