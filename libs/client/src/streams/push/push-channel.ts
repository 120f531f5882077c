import { Backoff, pause, thrownText } from '@millrace/protocol';
import { ConnectionClosedError } from '../../errors/connection.errors.js';
import type { ServerLink } from '../../link/server-link.js';
import type { ClientSocket } from '../../transport/socket.interface.js';
import { mergeSignals, type MergedSignal } from '../../timing/call-limits.js';
import { isFinal, OUT_OF_SEQUENCE, StreamClosedError } from '../stream.errors.js';
import { ProgressCounter, type TransferProgress } from '../transfer-progress.js';
import { MOST_UNITS, type PushProducer } from './push-producer.js';
import type { PushUnit } from './push-unit.js';

/** What may be under way at once, and who hears of it. */
export interface ChannelOptions {
  readonly window: number;
  readonly windowBytes: number;
  readonly onProgress: ((progress: TransferProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly producer: PushProducer;
}

/** How long the server's part of the closing handshake is waited for, in milliseconds. */
const CLOSE_TIMEOUT = 1000;

/** A connection that ends within so many milliseconds did no good: the next one waits. */
const SHORT_LIFE = 1000;

/**
 * Sends units in order over one connection after the other, and keeps each until it is acknowledged: what a lost connection
 * left open is sent again, under the same numbers.
 */
export class PushChannel {
  readonly progress: ProgressCounter;
  private readonly pending: PushUnit[] = [];
  /** Wait until something has happened: an acknowledgement or the end. */
  private waiting: (() => void)[] = [];
  private readonly ended = new ConnectionClosedError('The push is closed');
  private readonly ending = new AbortController();
  private readonly outer: MergedSignal;
  private entries = 0;
  private bytes = 0;
  private closing: ReturnType<typeof setTimeout> | undefined;
  private socket: ClientSocket | undefined;
  private opening: Promise<void> | undefined;
  private openedAt = -Infinity;
  private livedShort = false;
  private readonly backoff: Backoff;
  private failure: Error | undefined;
  /** Whether the server has said of this connection that it knows producers. */
  private knowsProducers = false;
  /** Whether the server stores repeats once; undefined before the first acknowledgement. */
  storesOnce: boolean | undefined;

  /** @param path with a query */
  constructor(
    private readonly link: ServerLink,
    private readonly path: string,
    private readonly options: ChannelOptions,
  ) {
    this.progress = new ProgressCounter(options.onProgress, (reason) => this.fail(reason));
    this.backoff = new Backoff({ initial: 40, max: link.settings.maxPause });
    this.outer = mergeSignals([link.closed, options.signal]);
    const { signal } = this.outer;
    const onAbort = (): void => this.fail(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  }

  /** Whether the window has room for a unit. One that is larger than the window itself goes alone. */
  hasRoom(entries: number, bytes: number): boolean {
    if (this.pending.length === 0) return true;
    if (this.pending.length >= MOST_UNITS) return false;
    return this.entries + entries <= this.options.window && this.bytes + bytes <= this.options.windowBytes;
  }

  /** Why it has ended; undefined while it goes on. */
  get failed(): Error | undefined {
    return this.failure;
  }

  /** Resolves when something has happened. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Sends a unit; nobody may have been let in between since {@link hasRoom}. */
  transmit(unit: PushUnit): void {
    if (this.failure) {
      unit.failed(this.failure);
      return;
    }
    unit.sequence = this.options.producer.count(unit.entries);
    this.pending.push(unit);
    this.entries += unit.entries;
    this.bytes += unit.bytes;
    const { socket } = this;
    if (socket?.open) this.write(unit);
    // It says goodbye: the next one is opened when it has gone, so that no acknowledgement is taken for that of another.
    else if (socket) this.dropSoon(socket);
    else this.connect();
  }

  /** Resolves when nothing waits. @throws the failure, unless it is the ordinary end */
  async drained(): Promise<void> {
    while (!this.failure && this.pending.length > 0) await this.changed();
    if (this.failure && this.failure !== this.ended) throw this.failure;
  }

  /** Ends it; what still waits rejects. */
  end(): void {
    this.fail(this.ended);
  }

  private connect(): void {
    this.opening ??= this.open()
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.opening = undefined;
        // Lost again at once, which has begun nothing.
        if (!this.socket && !this.failure && this.pending.length > 0) this.connect();
      });
  }

  private async open(): Promise<void> {
    const { signal } = this.ending;
    if (this.livedShort) await pause(this.backoff.next(), signal);
    signal.throwIfAborted();
    const first = this.pending[0]?.sequence ?? 0;
    const socket = await this.link.open(`${this.path}&${this.options.producer.query(first)}`, signal);
    if (this.failure) {
      socket.terminate();
      return;
    }
    this.socket = socket;
    this.openedAt = performance.now();
    this.knowsProducers = false;
    socket.listen({
      message: (text) => this.receive(String(text)),
      close: (code, reason) => {
        if (this.socket === socket) this.lost(code, reason);
      },
    });
    for (const unit of this.pending) this.write(unit);
  }

  private write(unit: PushUnit): void {
    try {
      for (const frame of unit.frames()) this.socket?.send(frame);
    } catch (error) {
      this.fail(error);
    }
  }

  private receive(text: string): void {
    // No ID begins so.
    if (text.startsWith('{')) {
      this.knowsProducers = true;
      return;
    }
    this.storesOnce = this.knowsProducers;
    this.options.producer.served();
    this.served();
    this.done((unit) => unit.stored(text));
  }

  private served(): void {
    this.livedShort = false;
    this.backoff.reset();
  }

  private done(settle: (unit: PushUnit) => void): void {
    const unit = this.pending.shift();
    if (!unit) return;
    this.entries -= unit.entries;
    this.bytes -= unit.bytes;
    settle(unit);
    this.progress.add(unit.entries, unit.bytes);
    this.wake();
  }

  private lost(code: number, reason: string): void {
    clearTimeout(this.closing);
    this.closing = undefined;
    this.socket = undefined;
    if (this.failure) return;
    if (performance.now() - this.openedAt < SHORT_LIFE) this.livedShort = true;
    else this.served();
    if (isFinal(code) || (code === OUT_OF_SEQUENCE && !this.options.producer.refused()))
      this.fail(new StreamClosedError(code, reason));
    else if (this.pending.length > 0) this.connect();
  }

  private fail(reason: unknown): void {
    if (this.failure) return;
    // A signal may be aborted with what is not even true.
    const error = (reason || new Error(thrownText(reason))) as Error;
    this.failure = error;
    this.outer.dispose();
    this.ending.abort(error);
    const { socket } = this;
    if (socket) {
      socket.close(1000, '');
      this.dropSoon(socket);
    }
    for (const unit of this.pending.splice(0)) unit.failed(error);
    this.wake();
  }

  /** Ends a connection whose other side does not answer the closing handshake. */
  private dropSoon(socket: ClientSocket): void {
    this.closing ??= setTimeout(() => socket.terminate(), CLOSE_TIMEOUT);
  }

  private wake(): void {
    const woken = this.waiting;
    this.waiting = [];
    for (const resolve of woken) resolve();
  }
}
