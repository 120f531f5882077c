import { Inject, Injectable, Logger } from '@nestjs/common';
import { RpcMethod } from '../decorators/rpc-method.decorator.js';
import { RPC_SETTINGS } from '../rpc.module-definition.js';
import type { RpcSettings } from '../rpc.options.js';

/** `quit`, there only when the host says what it does (section 7.4). */
@Injectable()
export class QuitMethods {
  private readonly logger = new Logger('RpcModule');

  constructor(@Inject(RPC_SETTINGS) private readonly settings: RpcSettings) {}

  @RpcMethod('quit', { description: 'Stops the server.' })
  quit(): void {
    // A turn later, so that the answer goes first.
    setImmediate(() => void this.leave());
  }

  private async leave(): Promise<void> {
    try {
      await this.settings.onQuit?.();
    } catch (error) {
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }
}
