import { isThenable, startTimer, type Timer, type UnreadableEntry } from '@millrace/protocol';
import { FlowGate, type FlowLimits, type SocketConnection, textFrame } from '@millrace/core/sockets';
import type { Conversion } from '../conversion/conversion.js';
import type { StreamStatistics } from '../../api/stream-statistics.js';
import type { StoredEntry, StreamFollower, StreamGap } from '../../api/stream-store.js';
import { ToldEnds } from '../told-ends.js';
import type { FrameCache } from './pair-encoder.js';
import type { GroupPull } from './group-pull.js';
import type { GroupRequest } from '../groups/join-groups.js';
import type { PairBatch, PairSource } from './pair-source.js';

/** What a pull socket was opened for. */
export interface PullQuery {
  readonly streams: readonly string[];
  readonly count: number;
  /** As it was given; read when the socket is open, since a bad one closes it with 1008. */
  readonly lastEntryId: string;
  readonly latest: boolean;
  /** Milliseconds without news after which the socket is closed. */
  readonly timeout: number | undefined;
  readonly timeSyncId: string | undefined;
  readonly oneByOne: boolean;
  /** Milliseconds from one pair to the next, at least. */
  readonly pause: number | undefined;
  readonly ack: boolean;
  /** Send a notice of entries that are gone, and of those that cannot be converted. */
  readonly gaps: boolean;
  /** Send a notice of entries that were passed over. */
  readonly skips: boolean;
  /** Send a notice with the cursors before the first pair, and when a gap without entries has moved one. */
  readonly cursors: boolean;
  /** Send a notice of each stream that has ended. */
  readonly ends: boolean;
  readonly conversion: Conversion | undefined;
  /** Take part in a group, which hands out what others do not have. */
  readonly group: GroupRequest | undefined;
}

/** What every pull socket of an application shares. */
export interface PullContext {
  readonly frames: FrameCache;
  readonly statistics: StreamStatistics;
  readonly limits: FlowLimits;
}

/**
 * One pull socket. It reads from its follower only while its send buffer has room, so a slow client costs its own bounded
 * buffer, and others nothing. While it waits for news it holds no timer (unless asked for) and no promise.
 */
export class PullSession {
  private readonly query: PullQuery;
  private readonly gate: FlowGate;
  private readonly ends: ToldEnds;
  /** Runs now; a second call must not. */
  private running = false;
  private closed = false;
  private awaitingAck = false;
  private nextAt = 0;
  private timer: Timer | undefined;

  constructor(
    private readonly connection: SocketConnection<PullQuery>,
    private readonly follower: StreamFollower,
    private readonly source: PairSource,
    private readonly context: PullContext,
    private readonly group?: GroupPull,
  ) {
    this.query = connection.state;
    this.gate = new FlowGate(connection, context.limits);
    this.ends = new ToldEnds(follower, this.query.streams);
  }

  begin(): void {
    this.tellCursors();
    this.start();
  }

  private start(): void {
    this.connection.run(() => this.pump());
  }

  /** A message of any kind lets the next pair go. @param text what it says, where it is one of text */
  acknowledge(text: Buffer | undefined): void {
    if (!this.awaitingAck) return;
    this.awaitingAck = false;
    const { group } = this;
    if (group) this.connection.run(() => this.pumpAfter(group.settle(text)));
    else this.start();
  }

  close(): void {
    this.closed = true;
    this.timer?.stop();
    this.follower.close();
  }

  private readonly resume = (): void => {
    this.timer?.stop();
    this.start();
  };

  /** Sends what there is; leaves when it must wait for something, and is called again then. */
  private pump(): void | Promise<void> {
    while (!this.closed && !this.running && !this.awaitingAck && this.connection.isOpen) {
      if (!this.gate.hasRoom) {
        void this.gate.room().then(this.resume);
        return;
      }
      const wait = this.query.pause === undefined ? 0 : this.nextAt - performance.now();
      if (wait > 0) {
        this.timer = startTimer(this.resume, Math.ceil(wait));
        return;
      }
      const batch = this.source.take();
      if (isThenable(batch)) return this.pumpAfter(Promise.resolve(batch).then((later) => this.sendOrWait(later)));
      if (this.sendOrWait(batch) === false) return;
    }
  }

  /** Goes on when a step that takes time has ended; not when that waits for news. */
  private async pumpAfter(step: Promise<void | false>): Promise<void> {
    this.running = true;
    let outcome: void | false;
    try {
      outcome = await step;
    } finally {
      this.running = false;
    }
    if (outcome !== false) this.start();
  }

  /** Answers false when there was nothing, and the follower will call. */
  private sendOrWait(batch: PairBatch): void | false {
    // The client may have gone while the storage was read.
    if (this.closed) return false;
    if (batch.entries.length > 0 || batch.gaps.length > 0 || batch.unreadable) return this.send(batch);
    if (this.ends.isDue) this.reportEnds();
    if (this.ends.isLast) {
      this.connection.close(1000, 'No more comes: the end is reached');
      return false;
    }
    this.follower.onNews(this.resume);
    const { timeout } = this.query;
    if (timeout !== undefined) {
      this.timer?.stop();
      this.timer = startTimer(() => this.connection.close(1000, 'No news within the timeout'), timeout);
    }
    return false;
  }

  private send({ entries, gaps, skipped, unreadable, shared }: PairBatch): void {
    if (gaps.length > 0) this.reportGaps(gaps);
    if (skipped && this.query.skips) this.notify(skipped.map((one) => ({ skipped: one })));
    if (unreadable) this.reportUnreadable(unreadable);
    const own = this.group ? this.group.toSend(entries) : entries;
    if (own.length > 0) this.write(own, shared);
    else if (gaps.length > 0 && !unreadable?.length) this.tellCursors();
  }

  private write(entries: readonly StoredEntry[], shared: boolean): void {
    const { statistics, frames } = this.context;
    for (const { data } of entries) statistics.bytesOut += data.length;
    statistics.entriesOut += entries.length;
    this.connection.writeFrames(...frames.framesOf(entries, this.source.pairSize, shared && this.source.isOneRun));
    if (this.query.ack) this.awaitingAck = true;
    if (this.query.pause !== undefined) this.nextAt = performance.now() + this.query.pause;
  }

  private reportUnreadable(entries: readonly UnreadableEntry[]): void {
    this.context.statistics.unreadable += entries.length;
    this.group?.unreadable(entries);
    if (!this.query.gaps) return;
    this.notify(entries.map((unreadable) => ({ unreadable })));
  }

  /** What a client goes on with after a cut that comes before its first entry. */
  private tellCursors(): void {
    if (!this.query.cursors) return;
    const { cursors } = this.follower;
    const named = Object.fromEntries(this.query.streams.map((stream, index) => [stream, cursors[index]]));
    this.notify([{ cursors: named }]);
  }

  private reportEnds(): void {
    const notices = this.ends.take();
    if (!this.query.ends) return;
    this.notify(notices);
  }

  private reportGaps(gaps: readonly StreamGap[]): void {
    this.context.statistics.gaps += gaps.length;
    this.group?.gapSent(this.query.gaps);
    if (this.group && this.query.gaps) this.awaitingAck = true;
    if (!this.query.gaps) return;
    this.notify(gaps.map((gap) => ({ gap })));
  }

  private notify(notices: readonly object[]): void {
    for (const notice of notices) this.connection.writeFrames(textFrame(JSON.stringify(notice)));
  }
}
