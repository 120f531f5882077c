import { Inject, Injectable } from '@nestjs/common';
import { type HealthReport, type MetricFamily, OperationsRegistry, type Sample } from '@millrace/core/ops';
import { ConnectorSet } from '../api/connector-set.js';
import { DEFAULT_SERVER } from '../api/connector.tokens.js';
import type { SourceStatus } from '../api/source-status.interface.js';
import { CONNECTOR_SERVER } from './connector-lifecycle.js';

/** Health and metrics of the connections to one server: `connectors`, or `connectors:<name>` for a server with a name. */
@Injectable()
export class ConnectorOperations {
  constructor(operations: OperationsRegistry, set: ConnectorSet, @Inject(CONNECTOR_SERVER) server: string) {
    operations.add({
      name: server === DEFAULT_SERVER ? 'connectors' : `connectors:${server}`,
      health: () => connectionHealth(set.statuses()),
      metrics: connectionMetrics(set),
    });
  }
}

/** Up while every source is connected; degraded while one is on its way back; down when one gave up. */
export function connectionHealth(statuses: readonly SourceStatus[]): HealthReport {
  const sources = Object.fromEntries(
    statuses.map(({ source, state, since, lastError, attempts }) => [source, { state, since, attempts, lastError }]),
  );
  const status = statuses.some(({ state }) => state === 'failed')
    ? 'down'
    : statuses.some(({ state }) => state !== 'connected')
      ? 'degraded'
      : 'up';
  return { status, details: { sources } };
}

type Figure = (status: SourceStatus) => number;

function connectionMetrics(set: ConnectorSet): MetricFamily[] {
  const common = (name: string, help: string, figure: Figure) => ({
    name: `millrace_connector_${name}`,
    help,
    labels: ['source'],
    read: (): Sample[] =>
      set.statuses().map((status) => ({ labels: { source: status.source }, value: figure(status) })),
  });
  const gauge = (...given: Parameters<typeof common>): MetricFamily => ({ type: 'gauge', ...common(...given) });
  const counter = (...given: Parameters<typeof common>): MetricFamily => ({ type: 'counter', ...common(...given) });
  return [
    gauge('connected', 'Whether the source is connected', ({ state }) => (state === 'connected' ? 1 : 0)),
    gauge('outbox_entries', 'Notifications in the outbox', (status) => status.notifications.waiting),
    gauge('outbox_in_flight', 'Notifications sent and not acknowledged', (status) => status.notifications.inFlight),
    gauge('attempts', 'Attempts since the last good connection', ({ attempts }) => attempts),
    counter('connects_total', 'Connects that completed', ({ connects }) => connects),
    ...OUTCOMES.map(([name, help]) =>
      counter(`notifications_${name}_total`, help, ({ notifications }) => notifications[name]),
    ),
  ];
}

/** What became of notifications. */
const OUTCOMES = [
  ['acknowledged', 'Notifications the hub has taken'],
  ['refused', 'Notifications the hub has refused'],
  ['dropped', 'Notifications lost to the overflow rule'],
  ['resent', 'Notifications sent again after a cut'],
] as const;
