import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConnectorSet } from '../api/connector-set.js';
import type { SourceStatus } from '../api/source-status.interface.js';

/** Registers the metrics of a connector set; they are read when the registry is. */
export function registerConnectorMetrics(registry: Registry, set: ConnectorSet): void {
  const gauge = (name: string, help: string, value: (status: SourceStatus) => number): void => {
    new Gauge({
      name: `millrace_connector_${name}`,
      help,
      labelNames: ['source'],
      registers: [registry],
      collect(): void {
        for (const status of set.statuses()) this.set({ source: status.source }, value(status));
      },
    });
  };
  const counter = (name: string, help: string, value: (status: SourceStatus) => number): void => {
    new Counter({
      name: `millrace_connector_${name}_total`,
      help,
      labelNames: ['source'],
      registers: [registry],
      collect(): void {
        this.reset();
        for (const status of set.statuses()) this.inc({ source: status.source }, value(status));
      },
    });
  };
  gauge('connected', 'Whether the source is connected', ({ state }) => (state === 'connected' ? 1 : 0));
  gauge('outbox_entries', 'Notifications in the outbox', ({ notifications }) => notifications.waiting);
  gauge('outbox_in_flight', 'Notifications sent and not acknowledged', ({ notifications }) => notifications.inFlight);
  gauge('attempts', 'Attempts since the last good connection', ({ attempts }) => attempts);
  counter('connects', 'Connects that completed', ({ connects }) => connects);
  counter('notifications_acknowledged', 'Notifications the hub has taken', ({ notifications: n }) => n.acknowledged);
  counter('notifications_refused', 'Notifications the hub has refused', ({ notifications: n }) => n.refused);
  counter('notifications_dropped', 'Notifications lost to the overflow rule', ({ notifications: n }) => n.dropped);
  counter('notifications_resent', 'Notifications sent again after a cut', ({ notifications: n }) => n.resent);
}
