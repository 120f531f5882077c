import { MillraceError, type SocketConnection, textFrame } from '@millrace/core';
import { deviceTime } from '../conversion/device-header.js';
import type { StreamStatistics } from '../../api/stream-statistics.js';
import { EntryIdError } from '../../api/store.errors.js';
import type { EntryId, NewEntry } from '../../api/stream-entry.js';
import type { StreamStore } from '../../api/stream-store.js';
import type { StreamLimits } from '../../stream-store.options.js';
import { AckQueue } from './ack-queue.js';
import { BatchAssembly } from './batch-assembly.js';
import { type BatchHeader, parseBatchHeader } from './batch-header.js';
import type { PushOptions } from '../../sockets/push-options.js';

/** What a frame costs beside its bytes while it waits. */
const FRAME_OVERHEAD = 64;

/** An append under way. */
interface Append {
  readonly append: Promise<EntryId[]>;
  readonly entries: number;
  /** Bytes of data, and messages they came in. */
  readonly bytes: number;
  readonly frames: number;
  /** Texts that acknowledge it. */
  readonly ack: (ids: EntryId[]) => string[];
  readonly then?: () => void;
  /** Takes a refusal upon itself, or answers false. */
  readonly otherwise?: (error: unknown) => boolean;
}

const each = (ids: EntryId[]): string[] => ids;
const joined = (ids: EntryId[]): string[] => [ids.join(',')];

/**
 * One push socket. Frames are collected for a turn of the event loop and appended together; they are not awaited one by
 * one. When the bytes on their way to the store pass a limit, the socket is paused.
 */
export class PushSession {
  private readonly assembly: BatchAssembly;
  private readonly acks: AckQueue | undefined;
  /** Plain frames of this turn. */
  private collected: Buffer[] = [];
  /** Frames that came while an append with an own ID was under way: whether they may go in depends on it. */
  private held: { data: Buffer; isBinary: boolean }[] | undefined;
  private header: BatchHeader | undefined;
  private bytesInFlight = 0;
  private underWay = 0;
  private ended = false;
  /** An entry was refused for its time: from here on each goes in by itself. */
  private oneByOne = false;
  /** The server shuts down: nothing more is read. */
  private draining = false;
  /** Why the socket will be closed as soon as nothing is under way. */
  private refusal: unknown;
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly connection: SocketConnection<PushOptions>,
    private readonly store: StreamStore,
    private readonly limits: StreamLimits,
    private readonly statistics: StreamStatistics,
  ) {
    const { state, principal } = connection;
    this.assembly = new BatchAssembly(state, principal, limits.maxNameBytes);
    if (state.ack) this.acks = new AckQueue((texts) => this.sendAcks(texts));
  }

  receive(data: Buffer, isBinary: boolean): void {
    if (this.refusal === undefined) this.accept(data, isBinary);
  }

  private accept(data: Buffer, isBinary: boolean): void {
    if (this.ended) return;
    this.count(data.length + FRAME_OVERHEAD);
    try {
      if (this.held) this.held.push({ data, isBinary });
      else if (this.connection.state.batch) this.receiveBatchFrame(data, isBinary);
      else this.receivePlain(data, isBinary);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Takes nothing more, and resolves when everything that was received is stored. */
  async drain(): Promise<void> {
    this.draining = true;
    this.connection.ws.pause();
    if (!this.isIdle) await new Promise<void>((resolve) => (this.onIdle = resolve));
    this.ended = true;
  }

  private receivePlain(data: Buffer, isBinary: boolean): void {
    if (!isBinary) throw new MillraceError('UNSUPPORTED_DATA', 'An entry is a binary message');
    if (this.connection.state.parseMeta) {
      // Refused here, what came before it still goes in.
      deviceTime(data);
      if (this.oneByOne) {
        this.keepTimed([data]);
        return;
      }
    }
    if (this.collected.push(data) === 1) setImmediate(() => this.flush());
  }

  private receiveBatchFrame(data: Buffer, isBinary: boolean): void {
    const { header } = this;
    if (!header) {
      if (isBinary) throw new MillraceError('UNSUPPORTED_DATA', 'A batch begins with a text message, its header');
      this.header = parseBatchHeader(data.toString('utf8'), this.limits.maxBatchEntries);
      this.release(data.length + FRAME_OVERHEAD);
      return;
    }
    if (!isBinary) throw new MillraceError('UNSUPPORTED_DATA', 'The header of a batch is followed by a binary message');
    this.header = undefined;
    const entries = this.assembly.assemble(header, data);
    if (entries.some(({ id }) => id !== undefined)) this.keepOwn(entries, data.length);
    else
      this.keep({
        append: this.appendBatch(entries),
        entries: entries.length,
        bytes: data.length,
        frames: 1,
        ack: joined,
      });
  }

  private appendBatch(entries: readonly NewEntry[]): Promise<EntryId[]> {
    const [first] = entries;
    if (!first) return Promise.resolve([]);
    const same = entries.every(({ stream }) => stream === first.stream);
    return same
      ? this.store.append(
          first.stream,
          entries.map(({ data }) => data),
        )
      : this.store.appendAll(entries);
  }

  /** Appends entries with IDs of their own. They may be refused, so what comes behind them must wait. */
  private keepOwn(entries: readonly NewEntry[], bytes: number): void {
    this.hold();
    this.keep({
      append: this.store.appendAll(entries),
      entries: entries.length,
      bytes,
      frames: 1,
      ack: joined,
      then: () => this.goOn(),
    });
  }

  /** Appends plain entries whose IDs are the times in their device headers. */
  private keepTimed(frames: Buffer[]): void {
    const { stream } = this;
    let bytes = 0;
    for (const { length } of frames) bytes += length;
    this.hold();
    this.keep({
      append: this.store.appendAll(frames.map((data) => ({ stream, data, id: `${deviceTime(data)}-0` }))),
      entries: frames.length,
      bytes,
      frames: frames.length,
      ack: each,
      then: () => this.goOn(),
      otherwise: (error) => this.retryOneByOne(error, frames),
    });
  }

  /** One of several frames was refused, and none is stored: those before it shall be. */
  private retryOneByOne(error: unknown, frames: readonly Buffer[]): boolean {
    if (!(error instanceof EntryIdError) || frames.length === 1) return false;
    this.oneByOne = true;
    this.held = [...frames.map((data) => ({ data, isBinary: true })), ...(this.held ?? [])];
    this.goOn();
    return true;
  }

  private hold(): void {
    this.held = [];
    this.connection.ws.pause();
  }

  private goOn(): void {
    const { held = [], refusal } = this;
    this.held = undefined;
    for (const [index, { data, isBinary }] of held.entries()) {
      // One of them was refused: nothing behind it goes in.
      if (this.refusal !== refusal) break;
      if (this.held) {
        // One of them has an own ID too: the rest waits on.
        this.held = held.slice(index);
        return;
      }
      this.release(data.length + FRAME_OVERHEAD);
      this.accept(data, isBinary);
    }
    this.resumeWhereDue();
  }

  private flush(): void {
    const frames = this.collected;
    if (this.ended || frames.length === 0) return;
    this.collected = [];
    if (this.connection.state.parseMeta) {
      this.keepTimed(frames);
      return;
    }
    let bytes = 0;
    for (const { length } of frames) bytes += length;
    const { length } = frames;
    this.keep({ append: this.store.append(this.stream, frames), entries: length, bytes, frames: length, ack: each });
  }

  private keep({ append, entries, bytes, frames, ack, then, otherwise }: Append): void {
    const place = this.acks?.claim();
    this.underWay += 1;
    append.then(
      (ids) => {
        this.underWay -= 1;
        this.statistics.entriesIn += entries;
        this.statistics.bytesIn += bytes;
        this.release(bytes + frames * FRAME_OVERHEAD);
        place?.(ack(ids));
        then?.();
        if (this.refusal !== undefined && this.underWay === 0) this.fail(this.refusal);
        this.tellIdle();
      },
      (error: unknown) => {
        this.underWay -= 1;
        if (!otherwise?.(error)) this.fail(error);
        else place?.([]);
      },
    );
  }

  /** What came before a bad frame was good: it is stored and acknowledged before the socket is closed. */
  private refuse(error: unknown): void {
    this.flush();
    if (this.underWay === 0) this.fail(error);
    else this.refusal ??= error;
  }

  /** Nothing that was received behind a refused frame is stored. */
  private fail(error: unknown): void {
    this.ended = true;
    this.refusal = undefined;
    this.collected = [];
    this.held = undefined;
    this.statistics.refusedPushes += 1;
    this.connection.fail(error);
    this.tellIdle();
  }

  private count(bytes: number): void {
    this.bytesInFlight += bytes;
    if (this.bytesInFlight <= this.limits.maxInFlightBytes || this.connection.ws.isPaused) return;
    this.connection.ws.pause();
    this.statistics.heldBack += 1;
  }

  private release(bytes: number): void {
    this.bytesInFlight -= bytes;
    this.resumeWhereDue();
  }

  private resumeWhereDue(): void {
    const { ws } = this.connection;
    if (!ws.isPaused || this.held || this.draining || this.bytesInFlight > this.limits.maxInFlightBytes / 2) return;
    if (this.connection.bufferedBytes > this.limits.maxBufferedBytes) return;
    ws.resume();
  }

  /** A client that does not read its acks is held back too. */
  private sendAcks(texts: readonly string[]): void {
    this.connection.writeFrames(Buffer.concat(texts.map(textFrame)));
    if (this.connection.bufferedBytes <= this.limits.maxBufferedBytes) return;
    this.connection.ws.pause();
    void this.connection.drained().then(() => this.resumeWhereDue());
  }

  private get stream(): string {
    return this.connection.state.streams?.[0] as string;
  }

  private get isIdle(): boolean {
    return this.underWay === 0 && (this.ended || (this.collected.length === 0 && !this.held));
  }

  private tellIdle(): void {
    if (this.isIdle) this.onIdle?.();
  }
}
