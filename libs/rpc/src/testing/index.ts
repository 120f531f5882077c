import type { INestApplicationContext } from '@nestjs/common';
import type { RpcErrorObject } from '@millrace/protocol';
import type { Principal } from '@millrace/core/security';
import { RpcError } from '../api/rpc.error.js';
import type { RpcSession } from '../engine/rpc-engine.interface.js';
import { RpcEngine } from '../engine/rpc-engine.js';

export interface RpcTesterOptions {
  /** On whose behalf the calls are made. @default nobody, as in an open place */
  principal?: Principal;
}

interface Answer {
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: RpcErrorObject;
}

/**
 * Calls the methods of an application in its own process, without a socket: through the same engine, with guards,
 * pipes, interceptors and filters.
 *
 * @example
 * ```ts
 * const rpc = new RpcTester(app);
 * expect(await rpc.call('subtract', [42, 23])).toBe(19);
 * ```
 * @publicApi
 */
export class RpcTester {
  /** Progress messages and other notifications, in the order of their arrival. */
  readonly notifications: { readonly method: string; readonly params: unknown }[] = [];
  private readonly session: RpcSession;
  private nextId = 1;

  constructor(app: INestApplicationContext, { principal }: RpcTesterOptions = {}) {
    this.session = app.get(RpcEngine, { strict: false }).open({
      transport: 'test',
      principal,
      congested: false,
      push: (text) => this.notifications.push(JSON.parse(text) as { method: string; params: unknown }),
    });
  }

  /** Calls a method; answers its result. @throws RpcError the error it was answered with */
  async call<Result = unknown>(method: string, params?: unknown): Promise<Result> {
    const message = JSON.stringify({ jsonrpc: '2.0', id: this.nextId++, method, params });
    const { error, result } = (await this.send(message)) as Answer;
    if (error) throw new RpcError(error.message, { code: error.code, data: error.data });
    return result as Result;
  }

  /** Sends a text as it is; answers the parsed reply, or undefined when there is none. */
  send(text: string): Promise<unknown> {
    return new Promise((resolve) => {
      const answers = this.session.receiveText(text, { reply: (reply) => resolve(JSON.parse(reply)) });
      if (!answers) resolve(undefined);
    });
  }

  /** Ends the session, as a client does that goes: running calls are aborted. */
  close(): void {
    this.session.close();
  }
}
