/// <reference lib="esnext.disposable" preserve="true" />
import { asyncDispose } from '../../async-dispose.js';
import { ConfigurationError } from '../../errors/client.error.js';
import type { ServerLink } from '../../link/server-link.js';
import { PUSH_DEFAULTS } from '../../settings/defaults.js';
import { wholeNumber } from '../../settings/read-setting.js';
import { type CallLimits, untilAborted, withinLimits } from '../../timing/call-limits.js';
import { IdClock } from './id-clock.js';
import { lastIdOf, pathOfStreams } from '../stream-info.js';
import type { TransferProgress } from '../transfer-progress.js';
import { type BatchLimits, bytesOfEntry, type EntryData, type PushOptions, readBatch } from './push-options.js';
import { ExactResume } from './exact-resume.js';
import { PushChannel } from './push-channel.js';
import { BatchUnit, PlainUnit, type PushUnit, type Settlement } from './push-unit.js';

/** An entry that waits for its batch. */
interface Gathered {
  readonly data: Uint8Array;
  readonly settlement: { resolve(id: string): void; reject(error: unknown): void };
}

/**
 * Pushes entries to one stream, in order, each acknowledged with its ID (stream-store§6). Entries whose
 * acknowledgement was lost with the connection are sent again: at least once, none lost, perhaps one twice unless
 * `exactlyOnce` is set.
 *
 * @publicApi
 */
export class StreamPusher implements AsyncDisposable {
  private readonly channel: PushChannel;
  private readonly batch: BatchLimits | undefined;
  private readonly clock: IdClock | undefined;
  private readonly close_ = (): Promise<void> => this.close();
  /** Done when all earlier units have found room: entries keep the order of the calls. */
  private turn: Promise<void> = Promise.resolve();
  private gathered: Gathered[] = [];
  private gatheredBytes = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @internal made by `push()` */
  constructor(
    private readonly link: ServerLink,
    private readonly stream: string,
    options: PushOptions = {},
  ) {
    const name = pathOfStreams([stream]);
    this.batch = readBatch(options);
    this.clock = options.exactlyOnce ? new IdClock() : undefined;
    const { clock } = this;
    this.channel = new PushChannel(link, `data/${name}/push?ack=true${this.batch ? '&batch=true&offsets=start' : ''}`, {
      window: wholeNumber('window', options.window ?? PUSH_DEFAULTS.window),
      windowBytes: wholeNumber('windowBytes', options.windowBytes ?? PUSH_DEFAULTS.windowBytes),
      onProgress: options.onProgress,
      signal: options.signal,
      ...(clock && { resume: new ExactResume(stream, clock, (signal) => lastIdOf(link, stream, signal)) }),
    });
    link.closers.add(this.close_);
  }

  /** What was acknowledged so far. */
  get progress(): TransferProgress {
    const { entries, bytes } = this.channel.progress;
    return { entries, bytes };
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
    return this.heard(this.batch ? this.gather(bytes, this.batch) : this.single(bytes), 'send()', limits);
  }

  /** Pushes entries that are stored all or none; answers their IDs. Needs `batch`. @throws as {@link send} */
  sendBatch(entries: readonly EntryData[], limits?: CallLimits): Promise<string[]> {
    if (!this.batch) throw new ConfigurationError('batch', 'is not set for this push; give push(…, { batch: true })');
    if (entries.length === 0) return Promise.resolve([]);
    this.flushGathered();
    const data = entries.map(bytesOfEntry);
    const stored = this.enqueue(sum(data), data.length, (settlement) => this.batchUnit(data, settlement));
    return this.heard(stored, 'sendBatch()', limits);
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
    await this.heard(this.hasRoom(), 'ready()', limits);
  }

  /** Resolves when all that was sent so far is stored. @throws as {@link send} */
  async flush(limits?: CallLimits): Promise<void> {
    this.flushGathered();
    await this.heard(
      this.turn.then(() => this.channel.drained()),
      'flush()',
      limits,
    );
  }

  /** Waits until everything is stored, then closes. @throws as {@link send} */
  async close(limits?: CallLimits): Promise<void> {
    try {
      await this.flush(limits);
    } finally {
      clearTimeout(this.timer);
      this.link.closers.delete(this.close_);
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

  private async single(data: Uint8Array): Promise<string> {
    const [id = ''] = await this.enqueue(data.length, 1, (settlement) => new PlainUnit(data, settlement));
    return id;
  }

  private gather(data: Uint8Array, { entries, bytes, delay }: BatchLimits): Promise<string> {
    if (this.gathered.length > 0 && this.gatheredBytes + data.length > bytes) this.flushGathered();
    return new Promise((resolve, reject) => {
      this.gathered.push({ data, settlement: { resolve, reject } });
      this.gatheredBytes += data.length;
      if (this.gathered.length >= entries || this.gatheredBytes >= bytes) this.flushGathered();
      else this.timer ??= setTimeout(() => this.flushGathered(), delay);
    });
  }

  private flushGathered(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { gathered, gatheredBytes } = this;
    if (gathered.length === 0) return;
    this.gathered = [];
    this.gatheredBytes = 0;
    const data = gathered.map((one) => one.data);
    this.enqueue(gatheredBytes, data.length, (settlement) => this.batchUnit(data, settlement)).then(
      (ids) => gathered.forEach(({ settlement }, index) => settlement.resolve(ids[index] ?? '')),
      (error: unknown) => gathered.forEach(({ settlement }) => settlement.reject(error)),
    );
  }

  private batchUnit(data: readonly Uint8Array[], settlement: Settlement): PushUnit {
    return new BatchUnit(this.stream, data, settlement, this.clock);
  }

  /** Sends a unit once all before it are sent, and the window has room. */
  private async enqueue(bytes: number, entries: number, make: (s: Settlement) => PushUnit): Promise<string[]> {
    const before = this.turn;
    let pass: () => void = () => undefined;
    this.turn = new Promise((resolve) => (pass = resolve));
    await before;
    while (!this.channel.hasRoom(entries, bytes)) await this.channel.changed();
    const stored = new Promise<string[]>((resolve, reject) => this.channel.transmit(make({ resolve, reject })));
    pass();
    return stored;
  }

  private async hasRoom(): Promise<void> {
    for (;;) {
      const { turn } = this;
      await turn;
      if (this.channel.failed) throw this.channel.failed;
      if (this.channel.hasRoom(this.gathered.length + 1, this.gatheredBytes)) {
        // Others may have queued up meanwhile.
        if (turn === this.turn) return;
      } else await this.channel.changed();
    }
  }

  /** Who pushes without waiting hears of a failure by flush() or close(). */
  private heard<T>(result: Promise<T>, what: string, limits: CallLimits | undefined): Promise<T> {
    result.catch(() => undefined);
    if (!limits?.signal && limits?.timeout === undefined) return result;
    const limited = withinLimits(what, limits, 0, (signal) => untilAborted(result, signal));
    limited.catch(() => undefined);
    return limited;
  }
}

function sum(data: readonly Uint8Array[]): number {
  return data.reduce((total, { length }) => total + length, 0);
}
