import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { ERROR_TABLE } from '@millrace/protocol';
import { OperationsRegistry } from '../ops/operations-registry.js';
import { Shutdown } from '../shutdown/shutdown.js';

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

  /**
   * Every part is down from the moment when the end of the application is announced: nobody new is to be sent to it.
   *
   * @param name of a module: `streams`, `connectivity`, `rpc`, `connectors`, `sources`
   */
  async check<Name extends string>(name: Name): Promise<HealthIndicatorResult<Name>> {
    const indicator = this.indicators.check(name);
    const { isLeaving } = this.modules.get(Shutdown, { strict: false });
    if (isLeaving) return indicator.down({ message: ERROR_TABLE.GOING_AWAY.meaning });
    const { status, details } = await this.operations.healthOf(name);
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
