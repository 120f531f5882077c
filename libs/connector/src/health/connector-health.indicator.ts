import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { ConnectorSet } from '../api/connector-set.js';
import type { ConnectorHub } from '../api/connector-hub.js';

/**
 * Health of connectors and hubs for terminus. Provide it and call it in a health check.
 *
 * @example
 * ```ts
 * this.health.check([() => this.connectors.checkConnections('connectors', this.set)]);
 * ```
 * @publicApi
 */
@Injectable()
export class ConnectorHealthIndicator {
  constructor(private readonly indicators: HealthIndicatorService) {}

  /** Up while every source is connected; degraded while one is on its way back; down when one gave up. */
  checkConnections(key: string, set: ConnectorSet): HealthIndicatorResult {
    const statuses = set.statuses();
    const sources = Object.fromEntries(
      statuses.map(({ source, state, since, lastError, attempts }) => [source, { state, since, attempts, lastError }]),
    );
    const check = this.indicators.check(key);
    if (statuses.some(({ state }) => state === 'failed')) return check.down({ sources });
    if (statuses.some(({ state }) => state !== 'connected')) return check.degraded({ sources });
    return check.up({ sources });
  }

  /** Up with the numbers of sources and of those with a connector. */
  async checkHub(key: string, hub: ConnectorHub): Promise<HealthIndicatorResult> {
    const sources = await hub.sources();
    const connected = sources.filter(({ state }) => state !== 'disconnected').length;
    return this.indicators.check(key).up({ sources: sources.length, connected });
  }
}
