import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { OperationsRegistry } from '../ops/operations-registry.js';

/**
 * The health of the Millrace modules for `@nestjs/terminus`. List it among the providers of a module that imports
 * `TerminusModule`.
 *
 * @example
 * ```ts
 * this.health.check([() => this.millrace.check('streams'), () => this.millrace.check('rpc')]);
 * ```
 * @publicApi
 */
@Injectable()
export class MillraceHealthIndicator {
  constructor(
    private readonly modules: ModuleRef,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** @param name of a module: `streams`, `connectivity`, `rpc`, `connectors`, `sources` */
  async check<Name extends string>(name: Name): Promise<HealthIndicatorResult<Name>> {
    const { status, details } = await this.operations.healthOf(name);
    const indicator = this.indicators.check(name);
    if (status === 'down') return indicator.down({ ...details });
    return status === 'degraded' ? indicator.degraded({ ...details }) : indicator.up({ ...details });
  }

  /** A check for each module that reports its health. */
  checks(): (() => Promise<HealthIndicatorResult>)[] {
    return this.operations.parts
      .filter((part) => part.health !== undefined)
      .map(
        ({ name }) =>
          () =>
            this.check(name),
      );
  }

  private get operations(): OperationsRegistry {
    return this.modules.get(OperationsRegistry, { strict: false });
  }
}
