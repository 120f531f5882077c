import { isThenable, type SkippedEntries, type UnreadableEntry } from '@millrace/protocol';
import type { StreamStatistics } from '../../api/stream-statistics.js';
import type { FollowedBatch, StoredEntry, StreamFollower, StreamGap, StreamStore } from '../../api/stream-store.js';

/** The Python client refuses messages above 16 MiB (stream-store§7). */
export const PAIR_BYTES = 16 * 1024 * 1024;
/** Most entries, and about the bytes, of one run of pairs. */
const RUN_ENTRIES = 256;
const RUN_BYTES = 256 * 1024;

/** What goes into the next write: gaps, then what was passed over or could not be converted, then entries. */
export interface PairBatch extends FollowedBatch {
  readonly skipped?: readonly SkippedEntries[];
  readonly unreadable?: readonly UnreadableEntry[];
}

/** Takes from a follower what goes into the next write. */
export interface PairSource {
  /** Entries of one pair; a batch with more is sent as several pairs. */
  readonly pairSize: number;
  /** Whether a batch is an unbroken run of one stream, so that its first and last entry tell all of it. */
  readonly isOneRun: boolean;
  take(): PairBatch | Promise<PairBatch>;
}

/** One pair at a time: at most `count` entries of each stream. */
export function singlePairs(follower: StreamFollower, count: number): PairSource {
  const take = () => follower.take({ count, maxBytes: PAIR_BYTES });
  return { pairSize: Infinity, isOneRun: follower.cursors.length === 1, take };
}

/** Many pairs of one stream at a time, where nothing has to happen between two of them; of large entries one pair. */
export function pairRuns(follower: StreamFollower, pairSize: number): PairSource {
  const most = Math.max(1, Math.floor(RUN_ENTRIES / pairSize));
  let pairs = 1;
  const adapt = (batch: FollowedBatch): FollowedBatch => {
    let bytes = 0;
    for (const { data } of batch.entries) bytes += data.length;
    if (bytes > RUN_BYTES) pairs = Math.max(1, pairs >> 1);
    else if (batch.entries.length > 0 && bytes < RUN_BYTES / 2) pairs = Math.min(most, pairs * 2);
    return batch;
  };
  const take = () => then(follower.take({ count: pairSize * pairs, maxBytes: PAIR_BYTES }), adapt);
  return { pairSize, isOneRun: true, take };
}

/** A pair for each stream with news, for clients with a limit on messages (`onebyone`). */
export function pairPerStream(source: PairSource): PairSource {
  let waiting: StoredEntry[][] = [];
  const split = (batch: FollowedBatch): FollowedBatch => {
    const groups: StoredEntry[][] = [];
    for (const entry of batch.entries) {
      const group = groups.at(-1);
      if (group?.[0]?.stream === entry.stream) group.push(entry);
      else groups.push([entry]);
    }
    waiting = groups.slice(1);
    return { ...batch, entries: groups[0] ?? [], shared: false };
  };
  const take = () => {
    const entries = waiting.shift();
    return entries ? { entries, gaps: [], shared: false } : then(source.take(), split);
  };
  return { pairSize: Infinity, isOneRun: true, take };
}

/** Only the newest entry of each stream with news (`latest`); what was passed over is counted. */
export function latestOnly(
  follower: StreamFollower,
  streams: readonly string[],
  store: StreamStore,
  statistics: StreamStatistics,
): PairSource {
  const take = async (): Promise<PairBatch> => {
    const newest = new Map<string, StoredEntry>();
    const skipped = new Map<string, number | null>();
    const skip = (stream: string, entries: number | null): void => {
      const before = skipped.get(stream);
      skipped.set(stream, entries === null || before === null ? null : (before ?? 0) + entries);
    };
    const gaps: StreamGap[] = [];
    for (;;) {
      const batch = await follower.take({ count: RUN_ENTRIES, maxBytes: PAIR_BYTES });
      gaps.push(...batch.gaps);
      if (batch.entries.length === 0) break;
      for (const entry of batch.entries) {
        if (newest.has(entry.stream)) {
          statistics.skipped += 1;
          skip(entry.stream, 1);
        }
        newest.set(entry.stream, entry);
      }
      if (batch.entries.length < RUN_ENTRIES) continue;
      // Far behind: there is no need to read all that lies between.
      for (const stream of newest.keys()) {
        const [entry] = await store.readNewest(stream, 1);
        if (!entry) continue;
        if (entry.id !== newest.get(stream)?.id) skip(stream, null);
        newest.set(stream, entry);
        follower.skipTo(stream, entry.id);
      }
    }
    const entries = streams.flatMap((stream) => newest.get(stream) ?? []);
    const passed = [...skipped].map(([stream, number]) => ({ stream, entries: number }));
    return { entries, gaps, shared: false, ...(passed.length > 0 ? { skipped: passed } : {}) };
  };
  return { pairSize: Infinity, isOneRun: false, take };
}

/**
 * After each pair the cursors of all streams move on to that of the time keeper (`time_sync_id`); never back, or one
 * entry would be sent over and over (stream-store§13).
 */
export function timeKept(
  source: PairSource,
  follower: StreamFollower,
  streams: readonly string[],
  keeper: number,
): PairSource {
  const keepTime = (batch: FollowedBatch): FollowedBatch => {
    const time = follower.cursors[keeper];
    if (time && batch.entries.length > 0) for (const stream of streams) follower.skipTo(stream, time);
    return batch;
  };
  return { pairSize: Infinity, isOneRun: false, take: () => then(source.take(), keepTime) };
}

/** Goes on with a batch: at once where it is there. */
function then(
  batch: FollowedBatch | Promise<FollowedBatch>,
  next: (batch: FollowedBatch) => FollowedBatch,
): FollowedBatch | Promise<FollowedBatch> {
  return isThenable(batch) ? Promise.resolve(batch).then(next) : next(batch);
}
