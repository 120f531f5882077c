/// <reference lib="esnext.disposable" preserve="true" />
import { asyncDispose } from '../async-dispose.js';
import type {
  BatchCall,
  BatchOutcome,
  CallArguments,
  MethodName,
  MethodShapes,
  ResultOf,
  UntypedMethods,
  UntypedName,
} from './method-types.js';
import { asBytes } from './wire/parse-message.js';
import type { BinaryCallOptions, BinaryPayload, CallOptions, RpcCaller } from './rpc-caller.interface.js';
import type { CloseInfo } from '../transport/socket.interface.js';
import type { RpcConnection } from './connection/rpc-connection.js';
import type { CallId, RpcNotification, RpcParams, RpcAnswer } from './wire/messages.js';
import type { PendingCall } from './connection/pending-calls.js';
import { readLimits, supervise, type Limits } from './connection/supervise.js';
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

  /** {@inheritDoc RpcCaller.request} */
  request<Name extends MethodName<Methods>>(
    method: Name,
    ...rest: CallArguments<Methods[Name], [options?: CallOptions]>
  ): Promise<ResultOf<Methods[Name]>>;
  request<Result>(method: UntypedName<Methods>, params?: RpcParams | null, options?: CallOptions): Promise<Result>;
  async request(method: string, params?: unknown, options: CallOptions = {}): Promise<unknown> {
    const { reply } = this.start(method, params, undefined, options, false);
    return (await reply).result;
  }

  /** {@inheritDoc RpcCaller.execute} */
  execute<Name extends MethodName<Methods>>(
    method: Name,
    ...rest: CallArguments<Methods[Name], [binary?: BinaryPayload, options?: BinaryCallOptions]>
  ): Promise<RpcAnswer<ResultOf<Methods[Name]>>>;
  execute<Result>(
    method: UntypedName<Methods>,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ): Promise<RpcAnswer<Result>>;
  async execute(
    method: string,
    params?: unknown,
    binary?: BinaryPayload,
    options: BinaryCallOptions = {},
  ): Promise<RpcAnswer> {
    return this.start(method, params, binary, options, false).reply;
  }

  /** {@inheritDoc RpcCaller.task} */
  task<Name extends MethodName<Methods>>(
    method: Name,
    ...rest: CallArguments<Methods[Name], [binary?: BinaryPayload, options?: BinaryCallOptions]>
  ): RunningCall<ResultOf<Methods[Name]>>;
  task<Result>(
    method: UntypedName<Methods>,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ): RunningCall<Result>;
  task(method: string, params?: unknown, binary?: BinaryPayload, options: BinaryCallOptions = {}): RunningCall {
    return new RunningCall((onProgress) => this.startTask(method, params, binary, options, onProgress));
  }

  /** {@inheritDoc RpcCaller.notify} */
  notify<Name extends MethodName<Methods>>(
    method: Name,
    ...rest: CallArguments<Methods[Name], [binary?: BinaryPayload]>
  ): Promise<void>;
  notify(method: UntypedName<Methods>, params?: RpcParams | null, binary?: BinaryPayload): Promise<void>;
  async notify(method: string, params?: unknown, binary?: BinaryPayload): Promise<void> {
    this.connection.notify(method, params, binary && asBytes(binary));
  }

  /** {@inheritDoc RpcCaller.batch} */
  async batch<const Calls extends readonly BatchCall<Methods>[]>(
    calls: Calls,
    options: CallOptions = {},
  ): Promise<BatchOutcome<Methods, Calls>> {
    if (calls.length === 0) return [] as never;
    const limits = readLimits(options, this.defaults.requestTimeout, false);
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
    const limits = { timeout: this.defaults.requestTimeout, signal: undefined, cancel: false };
    await this.send('cancel', { id }, undefined, limits, {}).reply;
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
    options: BinaryCallOptions,
    onProgress: PendingCall['progress'],
  ): StartedCall<unknown> {
    const both: PendingCall['progress'] = (progress) => {
      onProgress(progress);
      options.onProgress?.(progress);
    };
    return this.start(method, params, binary, { ...options, onProgress: both }, true);
  }

  private start(
    method: string,
    params: unknown,
    binary: BinaryPayload | undefined,
    options: BinaryCallOptions,
    cancel: boolean,
  ): StartedCall<unknown> {
    const limits = readLimits(options, this.defaults.requestTimeout, cancel);
    return this.send(method, params, binary && asBytes(binary), limits, options);
  }

  private send(
    method: string,
    params: unknown,
    binary: Uint8Array | undefined,
    limits: Limits,
    options: BinaryCallOptions,
  ): StartedCall<unknown> {
    const { call, reply } = newCall(method, options.onProgress);
    const id = this.connection.request(method, params, binary, call, options.id);
    const giveUp = (reason: unknown): void => this.connection.abandon(id, reason, limits.cancel);
    return { id, reply: supervise(reply, method, limits, giveUp), cancel: () => this.cancel(id) };
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
