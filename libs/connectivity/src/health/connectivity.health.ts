import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { ConnectionRegistry } from '../api/connection-registry.js';

/**
 * Terminus indicator: up while the registry answers.
 *
 * @example
 * ```ts
 * health.check([() => connectivity.isHealthy('connectivity')]);
 * ```
 * @publicApi
 */
@Injectable()
export class ConnectivityHealthIndicator {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async isHealthy<Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    const indicator = this.indicators.check(key);
    try {
      await this.registry.ping();
      return indicator.up();
    } catch (error) {
      return indicator.down(error instanceof Error ? error.message : 'The registry does not answer');
    }
  }
}
