import { Injectable } from '@nestjs/common';
import { type HealthReport, type MetricFamily, OperationsRegistry, type Sample } from '@millrace/core/ops';
import type { HubSourceStatus } from '@millrace/protocol';
import { ConnectorHub } from '../api/connector-hub.js';
import type { HubCounters } from './session/session-control.js';

/** Health and metrics of the hub, as `sources`. */
@Injectable()
export class HubOperations {
  constructor(operations: OperationsRegistry, hub: ConnectorHub) {
    operations.add({ name: 'sources', health: () => hubHealth(hub), metrics: hubMetrics(hub) });
  }
}

/** Up with the numbers of sources and of those with a connector. */
async function hubHealth(hub: ConnectorHub): Promise<HealthReport> {
  const sources = await hub.sources();
  const connected = sources.filter(({ state }) => state !== 'disconnected').length;
  return { status: 'up', details: { sources: sources.length, connected } };
}

function hubMetrics(hub: ConnectorHub): MetricFamily[] {
  const common = (name: string, help: string, figure: (source: HubSourceStatus) => number) => ({
    name: `millrace_hub_${name}`,
    help,
    labels: ['source'],
    read: async (): Promise<Sample[]> =>
      (await hub.sources()).map((source) => ({ labels: { source: source.name }, value: figure(source) })),
  });
  const counter = (...given: Parameters<typeof common>): MetricFamily => ({ type: 'counter', ...common(...given) });
  const total = (name: string, help: string, key: keyof HubCounters): MetricFamily => ({
    type: 'counter',
    name: `millrace_hub_${name}_total`,
    help,
    read: () => hub.counters[key],
  });
  return [
    {
      type: 'gauge',
      name: 'millrace_hub_sessions',
      help: 'Live sessions of connectors',
      read: () => hub.sessions().length,
    },
    {
      type: 'gauge',
      ...common('source_connected', 'Whether a connector serves the source', ({ state }) =>
        state === 'connected' ? 1 : 0,
      ),
    },
    counter('notifications_total', 'Notifications taken from connectors', ({ notifications }) => notifications),
    counter('publishes_total', 'Messages published to connectors', ({ publishes }) => publishes),
    counter('queries_total', 'Queries sent to connectors', ({ queries }) => queries),
    total('unreadable_messages', 'Messages that make no sense', 'unreadable'),
    total('refused_tokens', 'Refused authentications', 'refusedTokens'),
    total('refused_claims', 'Refused claims', 'refusedClaims'),
  ];
}
