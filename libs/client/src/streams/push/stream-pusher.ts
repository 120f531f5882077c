/// <reference lib="esnext.disposable" preserve="true" />
import { startTimer, type Timer } from '@millrace/protocol';
import { asyncDispose } from '../../async-dispose.js';
import { ConfigurationError } from '../../errors/client.error.js';
import type { ServerLink } from '../../link/server-link.js';
import { PUSH_DEFAULTS } from '../../settings/defaults.js';
import { wholeNumber } from '../../settings/read-setting.js';
import { type CallLimits, untilAborted, waitWithin, withinLimits } from '../../timing/call-limits.js';
import { pathOfStreams } from '../stream-info.js';
import type { TransferProgress } from '../transfer-progress.js';
import { type BatchLimits, bytesOfEntry, type EntryData, type PushOptions, readBatch } from './push-options.js';
import { PushChannel } from './push-channel.js';
import { PushProducer } from './push-producer.js';
import { PushUnit } from './push-unit.js';

/**
 * Pushes entries to one stream, in order, each acknowledged with its ID (stream-store§6). Entries whose acknowledgement was lost with
 * the connection are sent again, and stored once: the server knows them by their numbers. Others may push to the stream meanwhile.
 *
 * @publicApi
 */
export class StreamPusher implements AsyncDisposable {
  private readonly channel: PushChannel;
  private readonly batch: BatchLimits | undefined;
  /** Done when all earlier units have found room: entries keep the order of the calls. */
  private turn: Promise<void> = Promise.resolve();
  /** Entries that wait for others to leave with. */
  private gathered: PushUnit | undefined;
  private timer: Timer | undefined;

  /** @internal made by `push()` */
  constructor(
    private readonly link: ServerLink,
    stream: string,
    options: PushOptions = {},
  ) {
    const name = pathOfStreams([stream]);
    this.batch = readBatch(options);
    this.channel = new PushChannel(link, `data/${name}/push?ack=true${this.batch ? '&batch=true&offsets=start' : ''}`, {
      window: wholeNumber('window', options.window ?? PUSH_DEFAULTS.window),
      windowBytes: wholeNumber('windowBytes', options.windowBytes ?? PUSH_DEFAULTS.windowBytes),
      onProgress: options.onProgress,
      signal: options.signal,
      producer: new PushProducer(options.producer),
    });
    link.closers.add(this);
  }

  /** What was acknowledged so far. */
  get progress(): TransferProgress {
    const { entries, bytes } = this.channel.progress;
    return { entries, bytes };
  }

  /**
   * Whether the server stores an entry once that is sent again; undefined before it has acknowledged one. A server of another make
   * may not: then an entry whose acknowledgement was lost may be there twice.
   */
  get storesOnce(): boolean | undefined {
    return this.channel.storesOnce;
  }

  /**
   * Pushes one entry; waits while the window is full, and answers the entry's ID once it is stored. The bytes must not be
   * changed before that.
   *
   * @param limits end the wait; the entry may be stored all the same
   * @throws StreamClosedError, ResponseError when the server refuses; ConnectionClosedError after `close()`; the signal's
   *   reason
   */
  send(data: EntryData, limits?: CallLimits): Promise<string> {
    const bytes = bytesOfEntry(data);
    // Who pushes without waiting hears of a failure by flush() or close().
    return waitWithin('send()', limits, this.batch ? this.gather(bytes, this.batch) : this.single(bytes));
  }

  /** Pushes entries that are stored all or none; answers their IDs. Needs `batch`. @throws as {@link send} */
  sendBatch(entries: readonly EntryData[], limits?: CallLimits): Promise<string[]> {
    if (!this.batch) throw new ConfigurationError('batch', 'is not set for this push; give push(…, { batch: true })');
    if (entries.length === 0) return Promise.resolve([]);
    this.flushGathered();
    return waitWithin('sendBatch()', limits, this.enqueue(this.unitOf(entries.map(bytesOfEntry))));
  }

  /** Pushes everything an iterable gives, as fast as the window lets it; resolves when all of it is stored. */
  async sendAll(
    entries: AsyncIterable<EntryData> | Iterable<EntryData>,
    limits: CallLimits = {},
  ): Promise<TransferProgress> {
    return withinLimits('sendAll()', limits, 0, (signal) =>
      // A source that has nothing to give cannot be hurried; it is left when it gives something.
      untilAborted(this.sendEach(entries, signal), signal),
    );
  }

  /** Resolves when the window has room, so that the next `send` leaves at once. @throws as {@link send} */
  async ready(limits?: CallLimits): Promise<void> {
    await waitWithin('ready()', limits, this.hasRoom());
  }

  /** Resolves when all that was sent so far is stored. @throws as {@link send} */
  async flush(limits?: CallLimits): Promise<void> {
    this.flushGathered();
    const stored = this.turn.then(() => this.channel.drained());
    await waitWithin('flush()', limits, stored);
  }

  /** Waits until everything is stored, then closes. @throws as {@link send} */
  async close(limits?: CallLimits): Promise<void> {
    try {
      await this.flush(limits);
    } finally {
      this.timer?.stop();
      this.link.closers.delete(this);
      this.channel.end();
    }
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }

  private async sendEach(
    entries: AsyncIterable<EntryData> | Iterable<EntryData>,
    signal: AbortSignal,
  ): Promise<TransferProgress> {
    for await (const entry of entries) {
      await this.ready({ signal });
      void this.send(entry);
    }
    await this.flush({ signal });
    return this.progress;
  }

  private unitOf(entries: Uint8Array[]): PushUnit {
    return new PushUnit(entries, this.batch !== undefined);
  }

  private async single(data: Uint8Array): Promise<string> {
    const [id = ''] = await this.enqueue(this.unitOf([data]));
    return id;
  }

  private gather(data: Uint8Array, { entries, bytes, delay }: BatchLimits): Promise<string> {
    if (this.gathered && this.gathered.bytes + data.length > bytes) this.flushGathered();
    const unit = (this.gathered ??= this.unitOf([]));
    const index = unit.entries;
    unit.add(data);
    if (unit.entries >= entries || unit.bytes >= bytes) this.flushGathered();
    else this.timer ??= startTimer(() => this.flushGathered(), delay);
    return unit.outcome.then((ids) => ids[index] ?? '');
  }

  private flushGathered(): void {
    this.timer?.stop();
    this.timer = undefined;
    const unit = this.gathered;
    this.gathered = undefined;
    // Each of its entries is heard of by itself.
    if (unit) this.enqueue(unit).catch(() => undefined);
  }

  /** Sends a unit once all before it are sent, and the window has room. */
  private async enqueue(unit: PushUnit): Promise<string[]> {
    const before = this.turn;
    let pass: () => void = () => undefined;
    this.turn = new Promise((resolve) => (pass = resolve));
    await before;
    while (!this.channel.hasRoom(unit.entries, unit.bytes)) await this.channel.changed();
    this.channel.transmit(unit);
    pass();
    return unit.outcome;
  }

  private async hasRoom(): Promise<void> {
    for (;;) {
      const { turn } = this;
      await turn;
      if (this.channel.failed) throw this.channel.failed;
      if (this.channel.hasRoom((this.gathered?.entries ?? 0) + 1, this.gathered?.bytes ?? 0)) {
        // Others may have queued up meanwhile.
        if (turn === this.turn) return;
      } else await this.channel.changed();
    }
  }
}
