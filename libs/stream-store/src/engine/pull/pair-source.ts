import type { StreamStatistics } from '../../api/stream-statistics.js';
import type { EntryId, StoredEntry, StreamGap } from '../../api/stream-entry.js';
import type { FollowedBatch, StreamFollower } from '../../api/stream-follower.js';
import type { StreamStore } from '../../api/stream-store.js';

/** The Python client refuses messages above 16 MiB (stream-store§7). */
const PAIR_BYTES = 16 * 1024 * 1024;

/** Takes from a follower what goes into the next write. */
export interface PairSource {
  /** Entries of one pair; a batch with more is sent as several pairs. */
  readonly pairSize: number;
  /** Whether a batch is an unbroken run of one stream, so that its first and last entry tell all of it. */
  readonly isOneRun: boolean;
  take(): FollowedBatch | Promise<FollowedBatch>;
}

/** One pair a time: at most `count` entries of each stream. */
export class SinglePairs implements PairSource {
  readonly pairSize = Infinity;
  readonly isOneRun: boolean;
  private readonly limit: { count: number; maxBytes: number };

  constructor(
    private readonly follower: StreamFollower,
    count: number,
  ) {
    this.limit = { count, maxBytes: PAIR_BYTES };
    this.isOneRun = follower.cursors.length === 1;
  }

  take(): FollowedBatch | Promise<FollowedBatch> {
    return this.follower.take(this.limit);
  }
}

/** Most entries, and about the bytes, of one run of pairs. */
const RUN_ENTRIES = 256;
const RUN_BYTES = 256 * 1024;

/** Many pairs of one stream a time, where nothing has to happen between two of them. */
export class PairRuns implements PairSource {
  readonly isOneRun = true;
  private pairs = 1;

  constructor(
    private readonly follower: StreamFollower,
    readonly pairSize: number,
  ) {}

  take(): FollowedBatch | Promise<FollowedBatch> {
    const batch = this.follower.take({ count: this.pairSize * this.pairs, maxBytes: PAIR_BYTES });
    if (batch instanceof Promise) return batch.then((later) => this.adapt(later));
    return this.adapt(batch);
  }

  /** Small entries go many at a time, large ones a pair at a time. */
  private adapt(batch: FollowedBatch): FollowedBatch {
    let bytes = 0;
    for (const { data } of batch.entries) bytes += data.length;
    const most = Math.max(1, Math.floor(RUN_ENTRIES / this.pairSize));
    if (bytes > RUN_BYTES) this.pairs = Math.max(1, this.pairs >> 1);
    else if (batch.entries.length > 0 && bytes < RUN_BYTES / 2) this.pairs = Math.min(most, this.pairs * 2);
    return batch;
  }
}

/** A pair for each stream with news, for clients with a limit on messages (`onebyone`). */
export class OneByOne implements PairSource {
  readonly pairSize = Infinity;
  readonly isOneRun = true;
  private waiting: StoredEntry[][] = [];

  constructor(private readonly source: PairSource) {}

  take(): FollowedBatch | Promise<FollowedBatch> {
    const next = this.waiting.shift();
    if (next) return { entries: next, gaps: [], shared: false };
    const batch = this.source.take();
    return batch instanceof Promise ? batch.then((later) => this.split(later)) : this.split(batch);
  }

  private split(batch: FollowedBatch): FollowedBatch {
    const groups: StoredEntry[][] = [];
    for (const entry of batch.entries) {
      const group = groups.at(-1);
      if (group?.[0]?.stream === entry.stream) group.push(entry);
      else groups.push([entry]);
    }
    this.waiting = groups.slice(1);
    return { ...batch, entries: groups[0] ?? [], shared: false };
  }
}

/** Only the newest entry of each stream with news (`latest`); what was passed over is counted. */
export class LatestOnly implements PairSource {
  readonly pairSize = Infinity;
  readonly isOneRun = false;

  constructor(
    private readonly follower: StreamFollower,
    private readonly streams: readonly string[],
    private readonly store: StreamStore,
    private readonly statistics: StreamStatistics,
  ) {}

  async take(): Promise<FollowedBatch> {
    const newest = new Map<string, StoredEntry>();
    const gaps: StreamGap[] = [];
    for (;;) {
      const batch = await this.follower.take({ count: RUN_ENTRIES, maxBytes: PAIR_BYTES });
      gaps.push(...batch.gaps);
      if (batch.entries.length === 0) break;
      for (const entry of batch.entries) this.pass(newest, entry);
      // Far behind: there is no need to read all that lies between.
      if (batch.entries.length >= RUN_ENTRIES) await this.jump(newest);
    }
    const entries = this.streams.flatMap((stream) => newest.get(stream) ?? []);
    return { entries, gaps, shared: false };
  }

  private async jump(newest: Map<string, StoredEntry>): Promise<void> {
    for (const stream of newest.keys()) {
      const [entry] = await this.store.readNewest(stream, 1);
      if (!entry) continue;
      newest.set(stream, entry);
      this.follower.skipTo(stream, entry.id);
    }
  }

  private pass(newest: Map<string, StoredEntry>, entry: StoredEntry): void {
    if (newest.has(entry.stream)) this.statistics.skipped += 1;
    newest.set(entry.stream, entry);
  }
}

/**
 * After each pair the cursors of all streams move on to that of the time keeper (`time_sync_id`); never back, or one
 * entry would be sent over and over (stream-store§13).
 */
export class TimeKept implements PairSource {
  readonly pairSize = Infinity;
  readonly isOneRun = false;

  constructor(
    private readonly source: PairSource,
    private readonly follower: StreamFollower,
    private readonly streams: readonly string[],
    private readonly keeper: number,
  ) {}

  take(): FollowedBatch | Promise<FollowedBatch> {
    const batch = this.source.take();
    return batch instanceof Promise ? batch.then((later) => this.keepTime(later)) : this.keepTime(batch);
  }

  private keepTime(batch: FollowedBatch): FollowedBatch {
    const time: EntryId | undefined = this.follower.cursors[this.keeper];
    if (time && batch.entries.length > 0) for (const stream of this.streams) this.follower.skipTo(stream, time);
    return batch;
  }
}
