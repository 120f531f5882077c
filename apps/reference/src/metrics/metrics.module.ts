import { type DynamicModule, Module } from '@nestjs/common';
import { MillraceSocketsModule } from '@millrace/core';
import { registerMetrics } from '@millrace/core/metrics';
import { OperationsRegistry } from '@millrace/core/ops';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { MetricsController } from './metrics.controller.js';

/** Figures of this process, of requests and of the modules, in a registry of the application's own. */
@Module({
  imports: [MillraceSocketsModule],
  providers: [
    {
      provide: Registry,
      useFactory: () => {
        const registry = new Registry();
        collectDefaultMetrics({ register: registry });
        return registry;
      },
    },
  ],
  exports: [Registry],
})
export class MetricsModule {
  /** @param served whether `/metrics` is there */
  static forRoot(served: boolean): DynamicModule {
    return { module: MetricsModule, controllers: served ? [MetricsController] : [] };
  }

  constructor(operations: OperationsRegistry, registry: Registry) {
    registerMetrics(operations, registry);
  }
}
