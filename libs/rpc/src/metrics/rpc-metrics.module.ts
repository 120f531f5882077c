import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { RpcEngine } from '../engine/rpc-engine.js';
import { RpcMetrics, type RpcMetricsOptions } from './rpc.metrics.js';

const OPTIONS = Symbol('RPC_METRICS_OPTIONS');

/**
 * Counts and times RPC calls for Prometheus. Import it beside `RpcModule`.
 *
 * @publicApi
 */
@Module({})
export class RpcMetricsModule implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    @Inject(OPTIONS) private readonly options: RpcMetricsOptions,
  ) {}

  static forRoot(options: RpcMetricsOptions = {}): DynamicModule {
    return { module: RpcMetricsModule, providers: [{ provide: OPTIONS, useValue: options }] };
  }

  onModuleInit(): void {
    new RpcMetrics(this.modules.get(RpcEngine, { strict: false }), this.options);
  }
}
