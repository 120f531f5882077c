/// <reference lib="esnext.disposable" preserve="true" />
import { withDeadline } from '@millrace/protocol';
import { asyncDispose } from '../async-dispose.js';
import { ConnectionClosedError } from '../errors/connection.errors.js';
import { untilAborted } from '../timing/call-limits.js';
import type { BatchCall, BatchOutcome, MethodShapes, UntypedMethods } from './method-types.js';
import type { BinaryCallOptions, BinaryPayload, CallOptions, RpcCaller } from './rpc-caller.interface.js';
import type { BaseConnector } from './connector.js';
import type { Instance } from './instance.js';
import type { RpcParams } from './wire/messages.js';
import { Reconnecting } from './reconnecting.js';
import { RepeatedTask } from './repeated-task.js';
import { RunningCall } from './running-call.js';
import { wasNotBegun } from './was-not-begun.js';

/** How long the end of a connection that is being closed is waited for before the next one, in milliseconds. */
const ENDING = 200;

/**
 * A client that connects at its first call, and again at the first call after the connection was lost. Calls that were
 * waiting when it was lost reject: whether the server has run them is not known, so nothing is sent twice. A call that the server
 * is known not to have begun, since it ends (rpc#S47), is sent again on a new connection.
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
  /** Connections whose server ends: they take no more calls, and answer those that run. */
  private readonly leaving = new Set<Instance>();
  private readonly reconnecting = new Reconnecting();
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
  ) => this.run(options, (instance) => instance.request<never>(method, params, options));

  readonly execute: RpcCaller<Methods>['execute'] = async (
    method: string,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ) => this.run(options, (instance) => instance.execute<never>(method, params, binary, options));

  readonly notify: RpcCaller<Methods>['notify'] = async (
    method: string,
    params?: RpcParams | null,
    binary?: BinaryPayload,
  ) => this.run(undefined, (instance) => instance.notify(method, params, binary));

  readonly task: RpcCaller<Methods>['task'] = (
    method: string,
    params?: RpcParams | null,
    binary?: BinaryPayload,
    options?: BinaryCallOptions,
  ) =>
    new RunningCall<never>((onProgress) => {
      const task = new RepeatedTask<never>((sent) =>
        this.run(options, (instance) => sent(instance.startTask(method, params, binary, options, onProgress))),
      );
      return task.started;
    });

  async batch<const Calls extends readonly BatchCall<Methods>[]>(
    calls: Calls,
    options?: CallOptions,
  ): Promise<BatchOutcome<Methods, Calls>> {
    const outcome: PromiseSettledResult<unknown>[] = [];
    let open = [...calls.keys()];
    await this.run(options, async (instance) => {
      const entries = open.map((index) => calls[index] as BatchCall<UntypedMethods>);
      const ends: readonly PromiseSettledResult<unknown>[] = await instance.batch(entries, options);
      const handedBack: number[] = [];
      for (const [place, end] of ends.entries()) {
        const index = open[place] as number;
        outcome[index] = end;
        if (end.status === 'rejected' && wasNotBegun(end.reason)) handedBack.push(index);
      }
      open = handedBack;
      const [first] = open;
      // Those that were not begun are sent again by themselves.
      if (first !== undefined) throw (outcome[first] as PromiseRejectedResult).reason;
    });
    return outcome as never;
  }

  /** Ends attempts and connection; later calls reject with ConnectionClosedError. May be called twice. */
  async disconnect(): Promise<void> {
    this.ending.abort(new ConnectionClosedError('The client was disconnected'));
    // An attempt that wins the race against the abort is closed in open().
    await this.connecting?.catch(() => undefined);
    const { instance, leaving } = this;
    await Promise.all([...(instance ? [instance] : []), ...leaving].map((one) => one.disconnect()));
  }

  [asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  private async open(): Promise<Instance<Methods>> {
    const { signal } = this.ending;
    // How the last connection ended says whether the next one is worth waiting for.
    if (this.instance) await withDeadline(this.instance.closed, ENDING, () => new Error()).catch(() => undefined);
    const instance = await this.reconnecting.connect(() => this.connector.connect({ signal }), signal);
    this.instance = instance;
    void instance.closed.then(({ code }) => {
      this.leaving.delete(instance);
      this.reconnecting.ended(code);
    });
    if (signal.aborted) {
      await instance.disconnect();
      throw signal.reason as Error;
    }
    return instance;
  }

  /** Runs a call on the live connection, and on the next one for as long as it is handed back. */
  private async run<T>(options: CallOptions | undefined, call: (instance: Instance) => Promise<T>): Promise<T> {
    for (;;) {
      const instance: Instance = await untilAborted(this.connect(), options?.signal);
      try {
        return await call(instance);
      } catch (error) {
        if (this.ending.signal.aborted || !wasNotBegun(error)) throw error;
        this.leave(instance);
      }
    }
  }

  private leave(instance: Instance): void {
    this.reconnecting.expect();
    if (this.instance !== instance) return;
    this.instance = undefined;
    if (instance.connected) this.leaving.add(instance);
  }
}
