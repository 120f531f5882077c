import { compareIds, type EntryId, ZERO_ID } from '@millrace/protocol';
import type { StoredEntry } from '../../api/stream-store.js';
import type { StreamTail } from './tails.js';

/** One stream of a follower: its cursor, and what was read ahead from the storage. */
export class Cursor {
  /** The beginning of the stream was lost sight of: this was the cursor then, and a gap is still to be told. */
  lost: EntryId | undefined;
  /** The reader has been here since the stream ended, and can know it. */
  hasSeenEnd = false;
  /** Place in the tail; undefined while older entries must be read from the storage. */
  private place: number | undefined;
  private chunk: readonly StoredEntry[] = [];
  private used = 0;
  /** Entries up to this ID are passed over; it may lie above the last one, where the cursor never does. */
  private passTo: EntryId;
  private beginnings: number;
  /** Whether the storage must be asked first if the cursor, which came from outside, fits the stream. */
  private unchecked: boolean;

  constructor(
    readonly stream: string,
    readonly tail: StreamTail,
    public id: EntryId,
  ) {
    this.passTo = id;
    this.beginnings = tail.beginnings;
    this.unchecked = id !== tail.lastId && id !== ZERO_ID;
    this.place = tail.placeAfter(id);
  }

  /** Whether the stream began anew and this still stands in the earlier one. */
  get isStale(): boolean {
    return this.beginnings !== this.tail.beginnings;
  }

  /** Whether the stream has ended and everything of it was taken. */
  get isAtEnd(): boolean {
    return this.tail.ended && !this.isStale && !this.needsChunk && this.peek() === undefined;
  }

  /** Whether the storage must be read before {@link take} can go on. */
  get needsChunk(): boolean {
    if (this.used < this.chunk.length) return false;
    if (this.unchecked) return true;
    if (this.place !== undefined && this.place >= this.tail.base) return false;
    this.place = this.tail.placeAfter(this.id);
    return this.place === undefined;
  }

  /** Whether what comes next is also given to others. */
  get isShared(): boolean {
    return this.used >= this.chunk.length && this.tail.followers.size > 1;
  }

  /** Entries that wait in the tail; undefined when older ones must be read first. */
  get waiting(): number | undefined {
    if (this.used < this.chunk.length || this.place === undefined || this.place < this.tail.base) return undefined;
    return this.tail.end - this.place;
  }

  /**
   * Takes what was read from the storage.
   *
   * @param before the ID before the entries, where the cursor did not fit the stream
   */
  accept(entries: readonly StoredEntry[], before?: EntryId): void {
    this.chunk = entries;
    this.used = 0;
    this.unchecked = false;
    if (before !== undefined) this.id = this.passTo = before;
  }

  /** Goes on from the beginning of a stream that began anew. */
  restart(): void {
    if (this.id !== ZERO_ID) this.lost ??= this.id;
    this.beginnings = this.tail.beginnings;
    this.hasSeenEnd = false;
    this.accept([], ZERO_ID);
    this.place = this.tail.placeAfter(ZERO_ID);
    // The storage knows whether there is a stream at all: under its name another program may keep something else now.
    this.unchecked = true;
  }

  peek(): StoredEntry | undefined {
    for (; this.used < this.chunk.length; this.leaveEntry(this.chunk[this.used] as StoredEntry)) {
      const ahead = this.chunk[this.used] as StoredEntry;
      if (this.id === this.passTo || compareIds(ahead.id, this.passTo) > 0) return ahead;
    }
    if (this.place === undefined) return undefined;
    let entry = this.tail.at(this.place);
    // The storage may have shown an entry shortly before the tail did.
    while (entry && compareIds(entry.id, this.passTo) <= 0) entry = this.tail.at((this.place += 1));
    return entry;
  }

  /** Goes on at the front of the tail: the storage holds nothing between it and the cursor. */
  jumpToTail(): void {
    this.place = this.tail.base;
  }

  advance(entry: StoredEntry): void {
    this.passTo = entry.id;
    this.leaveEntry(entry);
  }

  /** Passes over entries up to an ID; never back. It may be the ID of another stream. */
  skipTo(id: EntryId): void {
    if (this.isStale || compareIds(id, this.passTo) <= 0) return;
    this.passTo = id;
    const { lastId } = this.tail;
    const reached = compareIds(id, lastId) < 0 ? id : lastId;
    if (compareIds(reached, this.id) <= 0) return;
    this.id = reached;
    while (this.used < this.chunk.length && compareIds((this.chunk[this.used] as StoredEntry).id, reached) <= 0)
      this.used += 1;
    if (this.used === this.chunk.length) this.leaveChunk();
  }

  private leaveEntry(entry: StoredEntry): void {
    this.id = entry.id;
    if (this.used < this.chunk.length) {
      this.used += 1;
      if (this.used === this.chunk.length) this.leaveChunk();
    } else if (this.place !== undefined) this.place += 1;
  }

  /** Goes on in the tail, if it can, once what was read ahead is used up. */
  private leaveChunk(): void {
    this.accept([]);
    this.place = this.tail.placeAfter(this.id);
  }
}
