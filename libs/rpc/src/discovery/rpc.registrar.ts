import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { thrownText } from '@millrace/protocol';
import type { RpcCall } from '../engine/rpc-engine.interface.js';
import { RpcEngine } from '../engine/rpc-engine.js';
import { RpcExplorer } from './rpc.explorer.js';

/** Fills the method table at start; a bad method stops the application (rpc#S45). */
@Injectable()
export class RpcRegistrar implements OnModuleInit {
  private readonly logger = new Logger('RpcModule');

  constructor(
    private readonly engine: RpcEngine,
    private readonly explorer: RpcExplorer,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const method of await this.explorer.explore()) {
      this.engine.methods.add(method);
      this.logger.log(`Mapped {${method.name}} RPC method of ${method.plugin}`);
    }
    this.engine.observe({ lateRejection: (call, error) => this.logLate(call, error) });
  }

  private logLate(call: RpcCall, error: unknown): void {
    if (call.signal.aborted && error === call.signal.reason) return;
    this.logger.debug(`"${call.name}" failed after it was answered: ${thrownText(error)}`);
  }
}
