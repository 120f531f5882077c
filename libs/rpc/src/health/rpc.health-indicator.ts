import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { RpcEngine } from '../engine/rpc-engine.js';

/**
 * Health of the RPC server for `@nestjs/terminus`: up with the numbers of methods, clients and unanswered calls.
 *
 * @example
 * ```ts
 * this.health.check([() => this.rpc.check('rpc')]);
 * ```
 * @publicApi
 */
@Injectable()
export class RpcHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly modules: ModuleRef,
  ) {}

  check<Key extends string>(key: Key): HealthIndicatorResult<Key> {
    const engine = this.modules.get(RpcEngine, { strict: false });
    let calls = 0;
    for (const { pending } of engine.sessions) calls += pending;
    return this.indicators
      .check(key)
      .up({ methods: engine.methods.all().length, clients: engine.sessions.size, calls });
  }
}
