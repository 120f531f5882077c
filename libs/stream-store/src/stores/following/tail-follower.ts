import type { EntryId, StreamGap } from '@millrace/protocol';
import type { FollowedBatch, ReadLimit, ReadResult, StoredEntry, StreamFollower } from '../../api/stream-store.js';
import type { Cursor } from './cursor.js';

/** What one read of the storage may bring; its bytes for all streams of a follower together, but not less than the least for each. */
const CHUNK = { count: 512, maxBytes: 1024 * 1024, leastBytes: 64 * 1024 };
const NOTHING: FollowedBatch = Object.freeze({ entries: [], gaps: [], shared: false });

/** A batch in the making. */
interface Collection {
  readonly count: number;
  readonly maxBytes: number;
  /** The cursor it began with: the one that the last batch had no room for. */
  readonly start: number;
  /** How many cursors it is behind that, and how many entries it has from there. */
  place: number;
  taken: number;
  bytes: number;
  readonly entries: StoredEntry[];
  shared: boolean;
}

/** A follower that reads from the shared tails where it keeps up, and from the storage where it is behind. */
export class TailFollower implements StreamFollower {
  /** Gaps found and not yet reported. */
  private gaps: StreamGap[] = [];
  /** The same of those that come behind the entries of the batch in the making. */
  private laterGaps: StreamGap[] = [];
  /** Where the next batch begins: a stream that found no room must not be passed over again and again. */
  private start = 0;
  private callback: (() => void) | undefined;
  /** What one read of the storage brings. */
  private readonly chunk: ReadLimit;
  closed = false;

  /** @param readChunk reads from the storage itself; answers at once where the driver can */
  constructor(
    private readonly list: readonly Cursor[],
    private readonly readChunk: (stream: string, after: EntryId, limit: ReadLimit) => ReadResult | Promise<ReadResult>,
    private readonly defaults: ReadLimit,
    private readonly waker: Waker,
    private readonly onClose: (follower: TailFollower) => void,
  ) {
    const { count, maxBytes, leastBytes } = CHUNK;
    this.chunk = { count, maxBytes: Math.max(leastBytes, maxBytes / Math.max(1, list.length)) };
    for (const { tail } of this.list) tail.followers.add(this);
  }

  get cursors(): readonly EntryId[] {
    return this.list.map(({ id }) => id);
  }

  get ended(): readonly string[] {
    return this.list.filter(({ isAtEnd }) => isAtEnd).map(({ stream }) => stream);
  }

  take(limit?: Partial<ReadLimit>): FollowedBatch | Promise<FollowedBatch> {
    const count = limit?.count ?? this.defaults.count;
    const maxBytes = limit?.maxBytes ?? this.defaults.maxBytes ?? Infinity;
    const { start } = this;
    this.start = 0;
    return this.collect({ count, maxBytes, start, place: 0, taken: 0, bytes: 0, entries: [], shared: true });
  }

  skipTo(stream: string, id: EntryId): void {
    for (const cursor of this.list) if (cursor.stream === stream) cursor.skipTo(id);
  }

  onNews(callback: () => void): void {
    this.callback = callback;
    if (this.list.some(hasNews)) this.wake();
  }

  /** @internal */
  wake(): void {
    if (this.callback) this.waker.schedule(this);
  }

  /** Runs the waiting callback. @internal */
  fire(): void {
    const { callback } = this;
    this.callback = undefined;
    callback?.();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.callback = undefined;
    for (const { tail } of this.list) tail.followers.delete(this);
    this.onClose(this);
  }

  /** Most entries that wait in one of the tails; undefined when it is behind a tail. @internal */
  get waiting(): number | undefined {
    let most = 0;
    for (const { waiting } of this.list) {
      if (waiting === undefined) return undefined;
      most = Math.max(most, waiting);
    }
    return most;
  }

  /** Closes it because its store closes: a waiting callback runs a last time, and finds it closed. @internal */
  end(): void {
    const { callback } = this;
    this.close();
    callback?.();
  }

  /**
   * @param front where the tail began when the read did; if it has moved on since, what left it must be read too
   * @returns whether the batch ends here: its gaps come before its entries, and this one comes behind some
   */
  private accept(
    batch: Collection,
    cursor: Cursor,
    { entries, gap, cursor: before }: ReadResult,
    front: EntryId,
  ): boolean {
    // What was read may be of the stream as it was before it began anew.
    if (cursor.isStale) return false;
    cursor.accept(entries, before);
    if (entries.length === 0 && cursor.tail.front === front) cursor.jumpToTail();
    if (!gap) return false;
    if (batch.taken === 0) this.gaps.push(gap);
    else this.laterGaps.push(gap);
    return batch.taken > 0;
  }

  /** Goes on with a batch until it is full, there is no more, or the storage must be waited for. */
  private collect(batch: Collection): FollowedBatch | Promise<FollowedBatch> {
    for (; batch.place < this.list.length; batch.place += 1, batch.taken = 0) {
      const cursor = this.list[(batch.start + batch.place) % this.list.length] as Cursor;
      while (batch.taken < batch.count && !this.closed) {
        if (cursor.isStale) {
          // What was taken before the gap goes before it.
          if (batch.entries.length > 0) return this.finishAt(batch, 0);
          cursor.restart();
        }
        if (cursor.needsChunk) {
          batch.shared = false;
          const { front } = cursor.tail;
          const chunk = this.readChunk(cursor.stream, cursor.id, this.chunk);
          if (chunk instanceof Promise) {
            return chunk.then((later) => {
              return this.accept(batch, cursor, later, front) ? this.finishAt(batch, 0) : this.collect(batch);
            });
          }
          if (this.accept(batch, cursor, chunk, front)) return this.finishAt(batch, 0);
          continue;
        }
        batch.shared &&= cursor.isShared;
        const entry = cursor.peek();
        if (cursor.lost !== undefined) {
          this.gaps.push({ stream: cursor.stream, after: cursor.lost, first: entry?.id });
          cursor.lost = undefined;
        }
        if (!entry) {
          if (cursor.needsChunk) continue;
          cursor.hasSeenEnd = cursor.isAtEnd;
          break;
        }
        batch.bytes += entry.data.length;
        if (batch.bytes > batch.maxBytes && batch.entries.length > 0) {
          return this.finishAt(batch, batch.taken > 0 ? 1 : 0);
        }
        cursor.advance(entry);
        batch.entries.push(entry);
        batch.taken += 1;
      }
    }
    return this.finish(batch);
  }

  /** Ends a batch early; the next one begins so many cursors behind the present one. */
  private finishAt(batch: Collection, cursors: number): FollowedBatch {
    this.start = (batch.start + batch.place + cursors) % this.list.length;
    return this.finish(batch);
  }

  private finish({ entries, shared }: Collection): FollowedBatch {
    const { gaps } = this;
    if (gaps.length > 0 || this.laterGaps.length > 0) {
      this.gaps = this.laterGaps;
      this.laterGaps = [];
    }
    return entries.length === 0 && gaps.length === 0 ? NOTHING : { entries, gaps, shared };
  }
}

function hasNews(cursor: Cursor): boolean {
  if (cursor.isStale || cursor.peek() !== undefined || cursor.needsChunk) return true;
  return cursor.isAtEnd && !cursor.hasSeenEnd;
}

/** Runs the callbacks of followers that have news, all in one later turn of the event loop. */
export class Waker {
  private waiting = new Set<{ fire(): void }>();
  private scheduled = false;

  schedule(follower: { fire(): void }): void {
    this.waiting.add(follower);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.run());
  }

  private run(): void {
    const due = this.waiting;
    this.waiting = new Set();
    this.scheduled = false;
    for (const follower of due) follower.fire();
  }
}
