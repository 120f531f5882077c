import { joinBinaryFrame, RPC_GOODBYE, startTimer } from '@millrace/protocol';
import { ConnectionClosedError } from '../../errors/connection.errors.js';
import { JsonRpcError } from '../../errors/call.errors.js';
import type { RpcConnectorSettings } from '../connector-options.js';
import type { EventLog } from '../logger.js';
import { IncomingDispatcher } from './incoming-dispatcher.js';
import type { CallId, RpcNotification } from '../wire/messages.js';
import { PendingCalls, type PendingCall } from './pending-calls.js';
import type { ClientSocket, CloseInfo } from '../../transport/socket.interface.js';
import { writeJson } from '../wire/write-json.js';

/** One entry of a batch; a notification has no call. */
export interface BatchEntry {
  readonly method: string;
  readonly params: unknown;
  readonly call: PendingCall | undefined;
}

const EMPTY = new Uint8Array(0);

/** One live connection: what is sent, what waits for an answer, and how it ends. */
export class RpcConnection {
  readonly closed: Promise<CloseInfo>;
  private readonly pending = new PendingCalls();
  private readonly dispatcher: IncomingDispatcher;
  private disconnecting: Promise<void> | undefined;
  private failure: ConnectionClosedError | undefined;

  constructor(
    private readonly socket: ClientSocket,
    private readonly settings: RpcConnectorSettings,
    readonly log: EventLog,
  ) {
    this.dispatcher = new IncomingDispatcher(this.pending, log, settings.failAllOnGeneralError);
    this.closed = new Promise((resolve) =>
      socket.listen({
        message: (data) => {
          if (!this.disconnecting) this.dispatcher.receive(data);
        },
        close: (code, reason, error) => {
          const notBegun = code === RPC_GOODBYE.code && reason === RPC_GOODBYE.reason;
          const text = `The connection was closed (${code}${reason && `: ${reason}`})`;
          this.failure ??= new ConnectionClosedError(text, { notBegun });
          this.pending.rejectAll(error ?? this.failure);
          resolve({ code, reason });
        },
      }),
    );
    log.debug(() => 'Waiting for messages');
  }

  get connected(): boolean {
    return !this.disconnecting && this.socket.open;
  }

  isRunning(id: CallId): boolean {
    return this.pending.has(id);
  }

  onNotification(listener: (notification: RpcNotification) => void): () => void {
    return this.dispatcher.onNotification(listener);
  }

  /**
   * Sends a request. The call is registered first, so that no reply can be too early.
   *
   * @returns the request's id
   * @throws ConnectionClosedError, UnserializableError, or RangeError for an id in use; nothing was sent then
   */
  request(method: string, params: unknown, binary: Uint8Array | undefined, call: PendingCall, wanted?: CallId): CallId {
    this.assertConnected();
    const id = wanted ?? this.pending.freshId();
    const text = writeJson({ jsonrpc: '2.0', id, method, params: params ?? undefined });
    this.pending.add(id, call);
    this.log.debug(() => `Request ${JSON.stringify(id)} registered`);
    this.transmit(text, binary ?? EMPTY, `Request ${JSON.stringify(id)}`, method, params);
    return id;
  }

  /** Sends a notification. @throws as {@link request} */
  notify(method: string, params: unknown, binary: Uint8Array | undefined): void {
    this.assertConnected();
    const text = writeJson({ jsonrpc: '2.0', method, params: params ?? undefined });
    this.transmit(text, binary ?? EMPTY, 'Notification', method, params);
  }

  /** Sends a batch. @returns the ids of its entries, undefined for notifications @throws as {@link request} */
  batch(entries: readonly BatchEntry[]): (CallId | undefined)[] {
    this.assertConnected();
    const ids = entries.map(({ call }) => call && this.pending.freshId());
    const messages = entries.map(({ method, params }, index) => ({
      jsonrpc: '2.0',
      id: ids[index],
      method,
      params: params ?? undefined,
    }));
    const text = writeJson(messages);
    entries.forEach(({ call }, index) => {
      const id = ids[index];
      if (call && id !== undefined) this.pending.add(id, call);
    });
    this.dispatcher.expectBatch(ids.filter((id) => id !== undefined));
    this.transmit(text, EMPTY, `Batch of ${entries.length}`, entries.map(({ method }) => method).join(', '), undefined);
    return ids;
  }

  /** Gives a request up: it rejects at once, and its late reply is ignored. */
  abandon(id: CallId, reason: unknown, cancel: boolean): void {
    const call = this.pending.abandon(id);
    if (!call) return;
    call.reject(reason);
    // As a notification: nobody waits for the answer, and a server without `cancel` stays silent.
    if (cancel && this.connected) this.notify('cancel', { id }, undefined);
  }

  /** Closes; may be called any number of times. Resolves when the connection has ended. */
  disconnect(): Promise<void> {
    return (this.disconnecting ??= this.end());
  }

  private async end(): Promise<void> {
    this.log.info(() => 'Disconnecting');
    this.failure ??= new ConnectionClosedError('The connection was closed by this client');
    // A microtask later, so that `disconnecting` is set before anybody hears of it.
    await Promise.resolve();
    const dropped = this.pending.rejectAll(new JsonRpcError(null, 0, 'disconnected by the client'));
    if (dropped > 0) this.log.debug(() => `${dropped} waiting requests dropped`);
    this.socket.close(1000, '');
    const timer = startTimer(() => this.socket.terminate(), this.settings.closeTimeout);
    await this.closed;
    timer.stop();
  }

  private assertConnected(): void {
    if (this.connected) return;
    const reason = this.failure?.reason ?? 'The connection is closing';
    throw new ConnectionClosedError(reason, { notBegun: true });
  }

  private transmit(text: string, binary: Uint8Array, what: string, method: string, params: unknown): void {
    const { log } = this;
    log.info(() => `${what} sent: ${method}`);
    log.debug(() => `Params of ${method}: ${log.cut(JSON.stringify(params ?? null))}`);
    log.info(() => `Binary payload: ${binary.length} bytes`);
    const frame = binary.length > 0 ? joinBinaryFrame(text, binary) : text;
    log.debug(() => `Frame sent: ${log.cut(frame)}`);
    this.socket.send(frame);
  }
}
