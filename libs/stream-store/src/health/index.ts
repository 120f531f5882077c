import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { StreamStore } from '../api/stream-store.js';

/**
 * Terminus indicator: up while the storage answers and takes writes.
 *
 * @example
 * ```ts
 * health.check([() => streams.isHealthy('streams')]);
 * ```
 */
@Injectable()
export class StreamStoreHealthIndicator {
  constructor(
    private readonly store: StreamStore,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async isHealthy<Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    const indicator = this.indicators.check(key);
    try {
      await this.store.check();
      return indicator.up();
    } catch (error) {
      return indicator.down(error instanceof Error ? error.message : 'The storage does not answer');
    }
  }
}
