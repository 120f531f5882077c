import { Inject, Injectable } from '@nestjs/common';
import { type HealthReport, type MetricFamily, type Notice, OperationsRegistry } from '@millrace/core/ops';
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
      notices: () => connectionNotices(set.statuses()),
    });
  }
}

/** So many attempts in a row are more than a restart of the server takes. */
const MANY = 5;

/** Sources that gave up, or have been away for long. */
function connectionNotices(statuses: readonly SourceStatus[]): Notice[] {
  return statuses.flatMap(({ source, state, attempts, lastError }): Notice[] => {
    const why = lastError === undefined ? '' : `: ${lastError}`;
    if (state === 'failed') {
      return [
        {
          code: 'CONNECTOR_FAILED',
          level: 'error',
          text: `The connector of the source "${source}" has given up${why}`,
          remedy:
            'Correct what the error names, such as the options targetServer and authToken, and start the application anew',
        },
      ];
    }
    if (state === 'connected' || state === 'closed' || attempts < MANY) return [];
    return [
      {
        code: 'CONNECTOR_AWAY',
        level: 'warning',
        text: `The connector of the source "${source}" could not connect ${attempts} times in a row${why}`,
        remedy: 'Look at the server that the option targetServer names; the connector tries on by itself',
      },
    ];
  });
}

/** Up while every source is connected; degraded while one is on its way back; down when one gave up. */
function connectionHealth(statuses: readonly SourceStatus[]): HealthReport {
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

function connectionMetrics(set: ConnectorSet): MetricFamily[] {
  return FIGURES.map(([name, help, figure]): MetricFamily => {
    const family = {
      name: `millrace_connector_${name}`,
      help,
      labels: ['source'],
      read: () => set.statuses().map((status) => ({ labels: { source: status.source }, value: figure(status) })),
    };
    return name.endsWith('_total') ? { type: 'counter', ...family } : { type: 'gauge', ...family };
  });
}

/** Of each source; what only grows has a name that ends in `_total`. */
const FIGURES: readonly (readonly [name: string, help: string, figure: (status: SourceStatus) => number])[] = [
  ['connected', 'Whether the source is connected', ({ state }) => (state === 'connected' ? 1 : 0)],
  ['outbox_entries', 'Notifications in the outbox', ({ notifications }) => notifications.waiting],
  ['outbox_in_flight', 'Notifications sent and not acknowledged', ({ notifications }) => notifications.inFlight],
  ['attempts', 'Attempts since the last good connection', ({ attempts }) => attempts],
  ['connects_total', 'Connects that completed', ({ connects }) => connects],
  [
    'notifications_acknowledged_total',
    'Notifications the hub has taken',
    (status) => status.notifications.acknowledged,
  ],
  ['notifications_refused_total', 'Notifications the hub has refused', (status) => status.notifications.refused],
  ['notifications_dropped_total', 'Notifications lost to the overflow rule', (status) => status.notifications.dropped],
  ['notifications_resent_total', 'Notifications sent again after a cut', (status) => status.notifications.resent],
];
