import { compareIds, type EntryId, isThenable } from '@millrace/protocol';
import type { StoredEntry } from '../../api/stream-store.js';
import { firstAbove } from '../../engine/entry-id.js';

/** Bytes that the tails of all followed streams share, and what one gets at the least and at the most. */
const TOTAL = 128 * 1024 * 1024;
const LEAST = 64 * 1024;
const MOST = 2 * 1024 * 1024;

/** How a stream is when its tail begins. */
export interface TailStart {
  /** Its last ID: everything behind it will be in the tail. */
  readonly lastId: EntryId;
  /** Whether it has ended. */
  readonly ended: boolean;
}

/** What the tails ask of their store, and report to it. */
interface TailSource {
  /** How a stream is when its tail begins. */
  start(stream: string): TailStart | Promise<TailStart>;
  /** A stream is now followed from an ID on, or no longer followed (undefined). */
  changed(stream: string, from: EntryId | undefined): void;
}

/** The tails of all followed streams by their names; one begins with its first reader and goes with its last. */
export class Tails extends Map<string, StreamTail> {
  constructor(private readonly source: TailSource) {
    super();
  }

  /** The tail of a stream, kept for a reader until {@link release}. */
  hold(stream: string, reader: TailReader): StreamTail | Promise<StreamTail> {
    const known = this.get(stream);
    if (known) {
      known.followers.add(reader);
      return known;
    }
    const start = this.source.start(stream);
    // Where the driver answers at once the tail begins in the same turn: no append comes between.
    if (!isThenable(start)) return this.begin(stream, reader, start);
    return Promise.resolve(start).then((later) => this.begin(stream, reader, later));
  }

  release(streams: readonly string[], reader: TailReader): void {
    for (const stream of streams) {
      const tail = this.get(stream);
      tail?.followers.delete(reader);
      if (!tail || tail.followers.size > 0) continue;
      this.delete(stream);
      this.source.changed(stream, undefined);
    }
  }

  private begin(stream: string, reader: TailReader, start: TailStart): StreamTail {
    // Another reader may have begun it meanwhile.
    let tail = this.get(stream);
    if (!tail) {
      tail = new StreamTail(start, () => Math.max(LEAST, Math.min(MOST, TOTAL / this.size)));
      this.set(stream, tail);
      this.source.changed(stream, start.lastId);
    }
    tail.followers.add(reader);
    return tail;
  }
}

/** What an entry costs beside its data. */
const ENTRY_OVERHEAD = 128;

/** Who reads from a tail. */
interface TailReader {
  wake(): void;
}

/**
 * The newest entries of one followed stream, shared by all its followers: those who keep up never touch the storage, and
 * are handed the same objects. A follower's place in it is a running number, which goes on when old entries leave.
 */
export class StreamTail {
  /** Number of the entry at the front of {@link entries}. */
  base = 0;
  readonly followers = new Set<TailReader>();
  private entries: StoredEntry[] = [];
  private bytes = 0;
  /** ID of the entry before the front: a reader that has read up to it needs nothing older. */
  front: EntryId;
  /** How often the stream began anew: a reader's place in an earlier one says nothing of this one. */
  beginnings = 0;

  lastId: EntryId;
  /** Whether the stream has ended: nothing comes behind what is here. */
  ended: boolean;

  /** @param budget bytes it may hold now; entries above it leave, and are read from the storage when needed */
  constructor(
    { lastId, ended }: TailStart,
    private readonly budget: () => number,
  ) {
    this.front = this.lastId = lastId;
    this.ended = ended;
  }

  /** Number that the next entry will get. */
  get end(): number {
    return this.base + this.entries.length;
  }

  push(entries: readonly StoredEntry[]): void {
    for (const entry of entries) {
      this.entries.push(entry);
      this.bytes += entry.data.length + ENTRY_OVERHEAD;
      this.lastId = entry.id;
    }
    this.shrink();
    for (const follower of this.followers) follower.wake();
  }

  /** The stream has ended; all its entries have been pushed. */
  markEnd(): void {
    this.ended = true;
    for (const follower of this.followers) follower.wake();
  }

  /**
   * Begins anew behind an ID, because entries before it were missed: a reader that is not past it must read from the storage,
   * which reports a gap if there is one.
   */
  breakAt(id: EntryId): void {
    this.base = this.end + 1;
    this.entries = [];
    this.bytes = 0;
    this.front = id;
    this.lastId = id;
  }

  /**
   * Begins anew because the stream did: every reader is told a gap, and goes on from the stream's beginning.
   *
   * @param lastId the last ID of the stream as it is now
   */
  restart(lastId: EntryId): void {
    this.breakAt(lastId);
    this.ended = false;
    this.beginnings += 1;
    for (const follower of this.followers) follower.wake();
  }

  /** The number at which a reader that has read up to an ID goes on; undefined when older entries are needed first. */
  placeAfter(id: EntryId): number | undefined {
    if (compareIds(id, this.lastId) >= 0) return this.end;
    if (compareIds(id, this.front) < 0) return undefined;
    const { entries } = this;
    return this.base + firstAbove(entries.length, (index) => compareIds((entries[index] as StoredEntry).id, id) > 0);
  }

  at(place: number): StoredEntry | undefined {
    return this.entries[place - this.base];
  }

  private shrink(): void {
    const budget = this.budget();
    if (this.bytes <= budget) return;
    // Cut to three quarters at once, so that a full tail is not moved for every entry.
    let drop = 0;
    while (this.bytes > (budget * 3) / 4 && drop < this.entries.length) {
      const entry = this.entries[drop] as StoredEntry;
      this.bytes -= entry.data.length + ENTRY_OVERHEAD;
      this.front = entry.id;
      drop += 1;
    }
    this.entries = this.entries.slice(drop);
    this.base += drop;
  }
}
