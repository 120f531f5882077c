/// <reference lib="esnext.disposable" preserve="true" />
import { asyncDispose } from '../async-dispose.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { ConnectionClosedError } from '../errors/connection-closed.error.js';
import type { ServerLink } from '../link/server-link.js';
import type { ClientSocket } from '../rpc/socket.interface.js';
import { isFinal, StreamClosedError } from './stream-closed.error.js';

export interface PushOptions {
  /** Entries that may wait for their acknowledgement. @default 256 */
  window?: number;
  /** Bytes of such entries; one larger entry is let through alone. @default 8388608 */
  windowBytes?: number;
  /** Ends the push with its reason; what waits rejects. */
  signal?: AbortSignal;
}

/** How long the server's part of the closing handshake is waited for, in milliseconds. */
const CLOSE_TIMEOUT = 1000;

interface Pending {
  readonly data: Uint8Array;
  readonly resolve: (id: string) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Pushes entries to one stream, in order, each acknowledged with its ID (stream store, section 6). Entries whose
 * acknowledgement was lost with the connection are sent again: at least once, none lost, perhaps one twice.
 */
export class StreamPusher implements AsyncDisposable {
  private readonly pending: Pending[] = [];
  private readonly drained: (() => void)[] = [];
  private readonly ended = new ConnectionClosedError('The push is closed');
  private readonly window: number;
  private readonly windowBytes: number;
  private readonly ending = new AbortController();
  private readonly path: string;
  private bytes = 0;
  /** Done when all earlier calls have found room: entries keep the order of the calls. */
  private turn: Promise<void> = Promise.resolve();
  private foundRoom: (() => void) | undefined;
  private closing: ReturnType<typeof setTimeout> | undefined;
  private socket: ClientSocket | undefined;
  private opening: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly link: ServerLink,
    stream: string,
    { window = 256, windowBytes = 8 * 1024 * 1024, signal }: PushOptions = {},
  ) {
    if (!(Number.isInteger(window) && window > 0)) throw new ConfigurationError('window', 'give a whole number from 1');
    this.path = `data/${encodeURIComponent(stream)}/push?ack=true`;
    this.window = window;
    this.windowBytes = windowBytes;
    const onAbort = (): void => this.fail(signal?.reason as Error);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true, signal: this.ending.signal });
  }

  /**
   * Pushes one entry; waits while the window is full, and answers the entry's ID once it is stored.
   *
   * @throws StreamClosedError, ProtocolError when the server refuses; ConnectionClosedError after `close()`; the signal's reason
   */
  send(data: Uint8Array | string): Promise<string> {
    const sent = this.enqueue(typeof data === 'string' ? new TextEncoder().encode(data) : data);
    // Who pushes without waiting hears of a failure by flush() or close().
    sent.catch(() => undefined);
    return sent;
  }

  /** Resolves when all that was sent so far is stored. @throws as {@link send} */
  async flush(): Promise<void> {
    await this.turn;
    while (!this.failure && this.pending.length > 0) await new Promise<void>((resolve) => this.drained.push(resolve));
    if (this.failure && this.failure !== this.ended) throw this.failure;
  }

  /** Waits until everything is stored, then closes. @throws as {@link send} */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.fail(this.ended);
    }
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }

  private hasRoom(size: number): boolean {
    if (this.pending.length === 0) return true;
    return this.pending.length < this.window && this.bytes + size <= this.windowBytes;
  }

  private async enqueue(data: Uint8Array): Promise<string> {
    const before = this.turn;
    let pass: () => void = () => undefined;
    this.turn = new Promise((resolve) => (pass = resolve));
    await before;
    while (!this.failure && !this.hasRoom(data.length))
      await new Promise<void>((resolve) => (this.foundRoom = resolve));
    const sent = this.failure ? Promise.reject(this.failure) : this.transmit(data);
    pass();
    return sent;
  }

  private transmit(data: Uint8Array): Promise<string> {
    return new Promise((resolve, reject) => {
      this.pending.push({ data, resolve, reject });
      this.bytes += data.length;
      if (this.socket?.open) this.socket.send(data);
      else this.connect();
    });
  }

  private connect(): void {
    this.opening ??= this.open()
      .catch((error: unknown) => this.fail(error as Error))
      .finally(() => (this.opening = undefined));
  }

  private async open(): Promise<void> {
    const socket = await this.link.open(this.path, this.ending.signal);
    if (this.failure) {
      socket.terminate();
      return;
    }
    this.socket = socket;
    socket.listen({
      message: (id) => this.acknowledge(String(id)),
      close: (code, reason) => this.lost(code, reason),
    });
    for (const { data } of this.pending) socket.send(data);
  }

  private acknowledge(id: string): void {
    const entry = this.pending.shift();
    if (!entry) return;
    this.bytes -= entry.data.length;
    entry.resolve(id);
    this.foundRoom?.();
    if (this.pending.length === 0) this.wakeAll(this.drained);
  }

  private lost(code: number, reason: string): void {
    clearTimeout(this.closing);
    this.socket = undefined;
    if (this.failure) return;
    if (isFinal(code)) this.fail(new StreamClosedError(code, reason));
    else if (this.pending.length > 0) this.connect();
  }

  private fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    this.ending.abort(error);
    const { socket } = this;
    if (socket) {
      socket.close(1000, '');
      this.closing = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT);
    }
    for (const { reject } of this.pending.splice(0)) reject(error);
    this.foundRoom?.();
    this.wakeAll(this.drained);
  }

  private wakeAll(sleepers: (() => void)[]): void {
    for (const wake of sleepers.splice(0)) wake();
  }
}
