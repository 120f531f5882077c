import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { thrownReport } from '@millrace/protocol';
import { RpcMethod } from '../api/rpc-method.decorator.js';
import { Task } from '../api/task.decorator.js';
import type { RpcCall, RpcSession } from '../engine/rpc-engine.interface.js';
import { RPC_SETTINGS } from '../rpc.module-definition.js';
import type { RpcSettings } from '../rpc.options.js';

/** A client may lose what it has not looked at when the connection closes (rpc§10.6); in milliseconds. */
const FAREWELL = 250;

/** `quit`, there only when the host says what it does (rpc§7.4). */
@Injectable()
export class QuitMethods {
  private readonly logger = new Logger('RpcModule');

  constructor(@Inject(RPC_SETTINGS) private readonly settings: RpcSettings) {}

  @RpcMethod('quit', { description: 'Stops the server.' })
  quit(@Task() { session }: RpcCall): void {
    // A turn later, so that the answer goes first.
    setImmediate(() => void this.leave(session));
  }

  private async leave(session: RpcSession): Promise<void> {
    // The next request of this client is to find the connection closed, however long the shutdown takes (rpc§1.3).
    session.release();
    await pause(FAREWELL);
    const close = (): void => session.peer.close?.();
    if (session.isClosed) close();
    else session.onClose(close);
    try {
      await this.settings.onQuit?.();
    } catch (error) {
      this.logger.error(thrownReport(error));
    }
  }
}
