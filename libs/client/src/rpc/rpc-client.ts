/// <reference lib="esnext.disposable" preserve="true" />
import { asyncDispose } from '../async-dispose.js';
import { ConnectionClosedError } from '../errors/connection.errors.js';
import { untilAborted } from '../timing/call-limits.js';
import type { BatchCall, BatchOutcome, MethodShapes, UntypedMethods } from './method-types.js';
import type { BinaryCallOptions, BinaryPayload, CallOptions, RpcCaller } from './rpc-caller.interface.js';
import type { BaseConnector } from './connector.js';
import type { Instance } from './instance.js';
import type { RpcParams } from './wire/messages.js';
import { RunningCall } from './running-call.js';

/**
 * A client that connects at its first call, and again at the first call after the connection was lost. Calls that were
 * waiting when it was lost reject: whether the server has run them is not known, so nothing is sent twice.
 *
 * @example
 * ```ts
 * const client = new RpcClient(new Connector({ uri: 'localhost:5000', maxAttempts: null }));
 * console.log(await client.request('get-version'));
 * ```
 * @publicApi
 */
export class RpcClient<Methods extends MethodShapes<Methods> = UntypedMethods>
  implements RpcCaller<Methods>, AsyncDisposable
{
  private connecting: Promise<Instance<Methods>> | undefined;
  private instance: Instance<Methods> | undefined;
  private readonly ending = new AbortController();

  constructor(private readonly connector: Pick<BaseConnector<Methods>, 'connect'>) {}

  /** Whether there is a live connection at this moment. */
  get connected(): boolean {
    return this.instance?.connected ?? false;
  }

  /** Connects unless connected; calls at the same time share one attempt. @throws as the connector's `connect()` */
  async connect(): Promise<Instance<Methods>> {
    if (this.ending.signal.aborted) throw this.ending.signal.reason as Error;
    if (this.instance?.connected) return this.instance;
    this.connecting ??= this.open().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  // One implementation serves both overloads of the interface; its types are those of the interface.
  readonly request: RpcCaller<Methods>['request'] = async (
    method: string,
    params?: RpcParams | null,
    options?: CallOptions,
  ) => (await this.caller(options)).request<never>(method, params, options);

  readonly execute: RpcCaller<Methods>['execute'] = async (
    method: string,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ) => (await this.caller(options)).execute<never>(method, params, binary, options);

  readonly notify: RpcCaller<Methods>['notify'] = async (
    method: string,
    params?: RpcParams | null,
    binary?: BinaryPayload,
  ) => (await this.caller()).notify(method, params, binary);

  readonly task: RpcCaller<Methods>['task'] = (
    method: string,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ) =>
    new RunningCall<never>(async (onProgress) => {
      const instance = await this.caller(options);
      return instance.startTask(method, params, binary, options, onProgress);
    });

  async batch<const Calls extends readonly BatchCall<Methods>[]>(
    calls: Calls,
    options?: CallOptions,
  ): Promise<BatchOutcome<Methods, Calls>> {
    const instance = await untilAborted(this.connect(), options?.signal);
    return instance.batch(calls, options);
  }

  /** Ends attempts and connection; later calls reject with ConnectionClosedError. May be called twice. */
  async disconnect(): Promise<void> {
    this.ending.abort(new ConnectionClosedError('The client was disconnected'));
    // An attempt that wins the race against the abort is closed in open().
    await this.connecting?.catch(() => undefined);
    await this.instance?.disconnect();
  }

  [asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  private async open(): Promise<Instance<Methods>> {
    const { signal } = this.ending;
    const instance = await this.connector.connect({ signal });
    this.instance = instance;
    if (signal.aborted) {
      await instance.disconnect();
      throw signal.reason as Error;
    }
    return instance;
  }

  private async caller(options?: CallOptions): Promise<Instance> {
    return await untilAborted(this.connect(), options?.signal);
  }
}
