import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConnectorHub } from '../api/connector-hub.js';
import type { HubSourceStatus } from '@millrace/protocol';
import type { HubCounters } from '../hub/session/session-services.js';

/** Registers the metrics of a hub; they are read when the registry is. */
export function registerHubMetrics(registry: Registry, hub: ConnectorHub): void {
  new Gauge({
    name: 'millrace_hub_sessions',
    help: 'Live sessions of connectors',
    registers: [registry],
    collect(): void {
      this.set(hub.sessions().length);
    },
  });
  new Gauge({
    name: 'millrace_hub_source_connected',
    help: 'Whether a connector serves the source',
    labelNames: ['source'],
    registers: [registry],
    async collect(): Promise<void> {
      this.reset();
      for (const { name, state } of await hub.sources()) this.set({ source: name }, state === 'connected' ? 1 : 0);
    },
  });
  perSource(registry, hub, 'notifications', 'Notifications taken from connectors', (source) => source.notifications);
  perSource(registry, hub, 'publishes', 'Messages published to connectors', (source) => source.publishes);
  perSource(registry, hub, 'queries', 'Queries sent to connectors', (source) => source.queries);
  plain(registry, hub, 'unreadable_messages', 'Messages that make no sense', 'unreadable');
  plain(registry, hub, 'refused_tokens', 'Refused authentications', 'refusedTokens');
  plain(registry, hub, 'refused_claims', 'Refused claims', 'refusedClaims');
}

function perSource(
  registry: Registry,
  hub: ConnectorHub,
  name: string,
  help: string,
  value: (source: HubSourceStatus) => number,
): void {
  new Counter({
    name: `millrace_hub_${name}_total`,
    help,
    labelNames: ['source'],
    registers: [registry],
    async collect(): Promise<void> {
      const sources = await hub.sources();
      this.reset();
      for (const source of sources) this.inc({ source: source.name }, value(source));
    },
  });
}

function plain(registry: Registry, hub: ConnectorHub, name: string, help: string, key: keyof HubCounters): void {
  new Counter({
    name: `millrace_hub_${name}_total`,
    help,
    registers: [registry],
    collect(): void {
      this.reset();
      this.inc(hub.counters[key]);
    },
  });
}
