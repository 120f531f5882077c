/// <reference lib="esnext.disposable" preserve="true" />
import { asyncDispose } from '../async-dispose.js';
import type { BatchCall, BatchOutcome, MethodShapes, UntypedMethods } from './method-types.js';
import { asBytes } from './wire/parse-message.js';
import type { BinaryCallOptions, BinaryPayload, CallOptions, RpcCaller } from './rpc-caller.interface.js';
import type { CloseInfo } from '../transport/socket.interface.js';
import type { RpcConnection } from './connection/rpc-connection.js';
import type { CallId, RpcNotification, RpcParams, RpcAnswer } from './wire/messages.js';
import type { PendingCall } from './connection/pending-calls.js';
import { readLimits, supervise } from './connection/supervise.js';
import { RunningCall, type StartedCall } from './running-call.js';

/**
 * One live connection to a JSON-RPC server. Calls may run side by side; replies find their requests by id.
 *
 * @publicApi
 */
export class Instance<Methods extends MethodShapes<Methods> = UntypedMethods>
  implements RpcCaller<Methods>, AsyncDisposable
{
  /** @internal made by `connect()` */
  constructor(
    private readonly connection: RpcConnection,
    private readonly defaults: { readonly requestTimeout: number },
  ) {}

  /** The real state: false as soon as either side has gone. */
  get connected(): boolean {
    return this.connection.connected;
  }

  /** Resolves when the connection has ended, whichever side ended it. */
  get closed(): Promise<CloseInfo> {
    return this.connection.closed;
  }

  // One implementation serves both overloads of each method of the interface, which has their types.

  /** {@inheritDoc RpcCaller.request} */
  readonly request: RpcCaller<Methods>['request'] = async (
    method: string,
    params?: RpcParams | null,
    options?: CallOptions,
  ) => (await this.start(method, params, undefined, options).reply).result;

  /** {@inheritDoc RpcCaller.execute} */
  readonly execute: RpcCaller<Methods>['execute'] = async (
    method: string,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ) => this.start(method, params, binary, options).reply;

  /** {@inheritDoc RpcCaller.task} */
  readonly task: RpcCaller<Methods>['task'] = (
    method: string,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ) => new RunningCall<never>((onProgress) => this.startTask(method, params, binary, options, onProgress));

  /** {@inheritDoc RpcCaller.notify} */
  readonly notify: RpcCaller<Methods>['notify'] = async (
    method: string,
    params?: RpcParams | null,
    binary?: BinaryPayload,
  ) => this.connection.notify(method, params, binary && asBytes(binary));

  /** {@inheritDoc RpcCaller.batch} */
  async batch<const Calls extends readonly BatchCall<Methods>[]>(
    calls: Calls,
    options: CallOptions = {},
  ): Promise<BatchOutcome<Methods, Calls>> {
    if (calls.length === 0) return [] as never;
    const limits = readLimits(options, this.defaults.requestTimeout);
    const replies: Promise<RpcAnswer | undefined>[] = [];
    const entries = calls.map(({ method, params = null, notify = false }) => {
      if (notify) {
        replies.push(Promise.resolve(undefined));
        return { method, params, call: undefined };
      }
      const { call, reply } = newCall(method, options.onProgress);
      replies.push(reply);
      return { method, params, call };
    });
    // Heard from here on: an entry may fail before the others are answered.
    const outcome = Promise.allSettled(replies.map(async (reply) => (await reply)?.result));
    const ids = this.connection.batch(entries);
    const whole = supervise(outcome, `batch of ${calls.length}`, limits, (reason) => {
      for (const id of ids) if (id !== undefined) this.connection.abandon(id, reason, limits.cancel);
    });
    return (await whole) as never;
  }

  /** Whether a request of that id waits for its reply. */
  isRunning(id: CallId): boolean {
    return this.connection.isRunning(id);
  }

  /**
   * Asks the server to cancel a request and waits for its answer. The request itself then rejects with code 20.
   *
   * @throws JsonRpcError (-32602) when refused
   */
  async cancel(id: CallId): Promise<void> {
    this.connection.log.info(() => `Cancel of request ${JSON.stringify(id)} asked for`);
    await this.start('cancel', { id }).reply;
  }

  /** Hears the notifications a server sends by itself, once asked for. @returns ends the subscription */
  onNotification(listener: (notification: RpcNotification) => void): () => void {
    return this.connection.onNotification(listener);
  }

  /** Closes the connection; waiting requests reject. May be called twice. */
  disconnect(): Promise<void> {
    return this.connection.disconnect();
  }

  [asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  /** @internal for tasks of a client that connects by itself */
  startTask(
    method: string,
    params: unknown,
    binary: BinaryPayload | undefined,
    options: BinaryCallOptions = {},
    onProgress: PendingCall['progress'],
  ): StartedCall<never> {
    const both: PendingCall['progress'] = (progress) => {
      onProgress(progress);
      return options.onProgress?.(progress);
    };
    return this.start(method, params, binary, {
      ...options,
      onProgress: both,
      cancelOnAbort: options.cancelOnAbort ?? true,
    });
  }

  private start(
    method: string,
    params: unknown,
    binary?: BinaryPayload,
    options: BinaryCallOptions = {},
  ): StartedCall<never> {
    const limits = readLimits(options, this.defaults.requestTimeout);
    const { call, reply } = newCall(method, options.onProgress);
    const id = this.connection.request(method, params, binary && asBytes(binary), call, options.id);
    const giveUp = (reason: unknown): void => this.connection.abandon(id, reason, limits.cancel);
    const supervised = supervise(reply, method, limits, giveUp) as Promise<RpcAnswer<never>>;
    return { id, reply: supervised, cancel: () => this.cancel(id) };
  }
}

function newCall(
  method: string,
  onProgress: CallOptions['onProgress'],
): { call: PendingCall; reply: Promise<RpcAnswer> } {
  let settle!: Pick<PendingCall, 'resolve' | 'reject'>;
  const reply = new Promise<RpcAnswer>((resolve, reject) => (settle = { resolve, reject }));
  return { call: { method, ...settle, progress: onProgress ?? (() => undefined) }, reply };
}
