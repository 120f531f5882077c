/// <reference lib="esnext.disposable" preserve="true" />
import { pause } from '@millrace/protocol';
import { asyncDispose } from '../../async-dispose.js';
import { ConnectionClosedError } from '../../errors/connection.errors.js';
import type { ServerLink } from '../../link/server-link.js';
import type { ClientSocket } from '../../transport/socket.interface.js';
import { PUSH_DEFAULTS } from '../../settings/defaults.js';
import { wholeNumber } from '../../settings/read-setting.js';
import { type CallLimits, type MergedSignal, mergeSignals, waitWithin } from '../../timing/call-limits.js';
import { isFinal, StreamClosedError } from '../stream.errors.js';
import { pathOfStreams } from '../stream-info.js';
import { ProgressCounter, type TransferProgress } from '../transfer-progress.js';
import { bytesOfEntry, type EntryData, type PlainPushOptions } from './push-options.js';

/** How often a full socket is looked at, in milliseconds: the standard WebSocket does not say when it has room. */
const LOOK_EVERY = 5;

/**
 * Pushes entries that nobody acknowledges: for what is worthless a moment later. What was under way when the connection was
 * cut is lost; `close()` waits until the server has everything.
 *
 * @publicApi
 */
export class PlainPusher implements AsyncDisposable {
  private readonly counter: ProgressCounter;
  private readonly path: string;
  private readonly windowBytes: number;
  private readonly outer: MergedSignal;
  private readonly ended = new ConnectionClosedError('The push is closed');
  private turn: Promise<void> = Promise.resolve();
  private socket: ClientSocket | undefined;
  private gone: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  /** @internal made by `push()` */
  constructor(
    private readonly link: ServerLink,
    stream: string,
    { windowBytes = PUSH_DEFAULTS.windowBytes, onProgress, signal }: PlainPushOptions,
  ) {
    this.path = `data/${pathOfStreams([stream])}/push`;
    this.windowBytes = wholeNumber('windowBytes', windowBytes);
    this.counter = new ProgressCounter(onProgress, (reason) => this.fail(reason));
    this.outer = mergeSignals([link.closed, signal]);
    this.outer.signal.addEventListener('abort', () => this.fail(this.outer.signal.reason as Error), { once: true });
    if (this.outer.signal.aborted) this.fail(this.outer.signal.reason as Error);
    link.closers.add(this);
  }

  /** What was handed to the socket so far. */
  get progress(): TransferProgress {
    const { entries, bytes } = this.counter;
    return { entries, bytes };
  }

  /** Pushes one entry; resolves when it is on its way. @throws StreamClosedError, ResponseError, ConnectionClosedError */
  send(data: EntryData, limits?: CallLimits): Promise<void> {
    const sent = this.turn.then(() => this.transmit(bytesOfEntry(data)));
    this.turn = sent.catch(() => undefined);
    // Who pushes without waiting hears of a failure by close().
    return waitWithin('send()', limits, sent);
  }

  /** Waits until everything was sent and the server has taken it, then closes. */
  async close(limits?: CallLimits): Promise<void> {
    this.link.closers.delete(this);
    await waitWithin('close()', limits, this.finish());
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }

  private async finish(): Promise<void> {
    await this.turn;
    const { failure, socket } = this;
    if (!failure) {
      this.failure = this.ended;
      // What was sent before the closing handshake is stored by then.
      socket?.close(1000, '');
      await this.gone;
      this.outer.dispose();
    } else if (failure !== this.ended) throw failure;
  }

  private async transmit(data: Uint8Array): Promise<void> {
    if (this.failure) throw this.failure;
    const socket = this.socket?.open ? this.socket : await this.open();
    socket.send(data);
    this.counter.add(1, data.length);
    while (socket.open && socket.bufferedBytes > this.windowBytes) {
      await pause(LOOK_EVERY, this.outer.signal);
      this.outer.signal.throwIfAborted();
    }
    if (this.failure) throw this.failure as Error;
  }

  private async open(): Promise<ClientSocket> {
    const socket = await this.link.open(this.path, this.outer.signal);
    this.socket = socket;
    this.gone = new Promise((resolve) =>
      socket.listen({
        message: () => undefined,
        close: (code, reason) => {
          if (isFinal(code)) this.fail(new StreamClosedError(code, reason));
          resolve();
        },
      }),
    );
    return socket;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.outer.dispose();
    this.socket?.terminate();
  }
}
