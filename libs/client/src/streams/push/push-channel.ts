import { Backoff, pause, thrownText } from '@millrace/protocol';
import { ConnectionClosedError } from '../../errors/connection.errors.js';
import type { ServerLink } from '../../link/server-link.js';
import type { ClientSocket } from '../../transport/socket.interface.js';
import { mergeSignals, type MergedSignal } from '../../timing/call-limits.js';
import { isFinal, StreamClosedError } from '../stream.errors.js';
import { ProgressCounter, type TransferProgress } from '../transfer-progress.js';
import type { ExactResume } from './exact-resume.js';
import type { PushUnit } from './push-unit.js';

/** What may be under way at once, and who hears of it. */
export interface ChannelOptions {
  readonly window: number;
  readonly windowBytes: number;
  readonly onProgress: ((progress: TransferProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  /** Finds out after a cut what is stored already; without one, all that is not acknowledged is sent again. */
  readonly resume: ExactResume | undefined;
}

/** How long the server's part of the closing handshake is waited for, in milliseconds. */
const CLOSE_TIMEOUT = 1000;

/** A connection that ends within so many milliseconds did no good: the next one waits. */
const SHORT_LIFE = 1000;

/** The server's refusal of an ID that is not above the stream's last one, among other things. */
const REFUSED = 1008;

/**
 * Sends units in order over one connection after the other, and keeps each until it is acknowledged: what a lost connection
 * left open is sent again.
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
    if (!this.opening) this.begin(this.open());
  }

  private begin(opening: Promise<void>): void {
    const mine = opening
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        if (this.opening !== mine) return;
        this.opening = undefined;
        // Lost again while it was looked after: nobody else begins anew then.
        if (!this.socket && !this.failure && this.pending.length > 0) this.connect();
      });
    this.opening = mine;
  }

  private async open(): Promise<void> {
    const { signal } = this.ending;
    if (this.livedShort) await pause(this.backoff.next(), signal);
    signal.throwIfAborted();
    const socket = await this.link.open(this.path, signal);
    try {
      await this.settleStored(signal);
    } catch (error) {
      socket.terminate();
      throw error;
    }
    if (this.failure) {
      socket.terminate();
      return;
    }
    this.socket = socket;
    this.openedAt = performance.now();
    socket.listen({
      message: (text) => this.acknowledge(String(text)),
      close: (code, reason) => {
        if (this.socket === socket) this.lost(code, reason);
      },
    });
    for (const unit of this.pending) this.write(unit);
  }

  /** What was sent before and is stored is done. Answers how many units that were. */
  private async settleStored(signal: AbortSignal): Promise<number> {
    const stored = (await this.options.resume?.countStored(this.pending, signal)) ?? 0;
    for (let index = 0; index < stored; index += 1) this.done((unit) => unit.found());
    return stored;
  }

  private write(unit: PushUnit): void {
    try {
      for (const frame of unit.frames()) this.socket?.send(frame);
    } catch (error) {
      this.fail(error);
    }
  }

  private acknowledge(text: string): void {
    this.served();
    this.done((unit) => {
      this.options.resume?.acknowledged(unit);
      unit.stored(text);
    });
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
    const refused = new StreamClosedError(code, reason);
    if (code === REFUSED && this.options.resume) this.begin(this.lookInto(refused));
    else if (isFinal(code)) this.fail(refused);
    else if (this.pending.length > 0) this.connect();
  }

  /**
   * An ID was refused. What the connection before had left in the server's hands may have been stored only after it was
   * asked: then the stream has moved on, and there is something to resume from.
   */
  private async lookInto(refused: StreamClosedError): Promise<void> {
    if ((await this.settleStored(this.ending.signal)) === 0) throw refused;
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
