import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { register, type Registry } from 'prom-client';
import { ImportedOnce, ImportOnce } from '../imported-once.js';
import { MillraceCoreModule } from '../millrace-core.module.js';
import { OperationsRegistry } from '../ops/operations-registry.js';
import { registerMetrics } from './register-metrics.js';

const REGISTRY = Symbol('MILLRACE_METRICS_REGISTRY');

export interface MillraceMetricsOptions {
  /** Where the metrics go. @default the default registry of prom-client */
  readonly registry?: Registry;
}

/**
 * Puts what the Millrace modules measure into a registry of prom-client.
 *
 * @publicApi
 */
@ImportOnce({ keys: ({ providers }) => [providers.get(REGISTRY)?.instance] })
@Module({})
export class MillraceMetricsModule {
  static forRoot({ registry = register }: MillraceMetricsOptions = {}): DynamicModule {
    return {
      module: MillraceMetricsModule,
      imports: [MillraceCoreModule],
      providers: [{ provide: REGISTRY, useValue: registry }],
    };
  }

  constructor(operations: OperationsRegistry, @Inject(REGISTRY) registry: Registry, _once: ImportedOnce) {
    registerMetrics(operations, registry);
  }
}
