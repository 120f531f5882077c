import { Module } from '@nestjs/common';
import { MillraceCoreModule } from '@millrace/core';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { ConnectivityMetrics } from './connectivity-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { StreamMetrics } from './stream-metrics.js';

/** Figures of this process, of requests and of the modules, in a registry of the application's own. */
@Module({
  imports: [MillraceCoreModule],
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
    StreamMetrics,
    ConnectivityMetrics,
  ],
  exports: [Registry],
})
export class MetricsModule {}
