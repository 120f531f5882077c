import { Module } from '@nestjs/common';
import { MillraceSocketsModule } from '@millrace/core';
import { registerMetrics } from '@millrace/core/metrics';
import { OperationsRegistry } from '@millrace/core/ops';
import { RpcEngine } from '@millrace/rpc';
import { RpcMetrics } from '@millrace/rpc/metrics';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { ConnectivityMetrics } from './connectivity-metrics.js';
import { HubMetrics } from './hub-metrics.js';
import { MetricsController } from './metrics.controller.js';

/** Figures of this process, of requests and of the modules, in a registry of the application's own. */
@Module({
  imports: [MillraceSocketsModule],
  controllers: [MetricsController],
  providers: [
    {
      provide: Registry,
      useFactory: () => {
        const registry = new Registry();
        collectDefaultMetrics({ register: registry });
        return registry;
      },
    },
    { provide: RpcMetrics, inject: [RpcEngine, Registry], useFactory: rpcMetrics },
    ConnectivityMetrics,
    HubMetrics,
  ],
  exports: [Registry],
})
export class MetricsModule {
  constructor(operations: OperationsRegistry, registry: Registry) {
    registerMetrics(operations, registry);
  }
}

function rpcMetrics(engine: RpcEngine, registry: Registry): RpcMetrics {
  return new RpcMetrics(engine, { registry });
}
