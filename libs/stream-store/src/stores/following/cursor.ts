import { compareIds, type EntryId } from '@millrace/protocol';
import type { StoredEntry } from '../../api/stream-store.js';
import type { StreamTail } from './tails.js';

/** One stream of a follower: its cursor, and what was read ahead from the storage. */
export class Cursor {
  /** Place in the tail; undefined while older entries must be read from the storage. */
  private place: number | undefined;
  private chunk: readonly StoredEntry[] = [];
  private used = 0;

  constructor(
    readonly stream: string,
    readonly tail: StreamTail,
    public id: EntryId,
  ) {
    this.place = tail.placeAfter(id);
  }

  /** Whether the storage must be read before {@link take} can go on. */
  get needsChunk(): boolean {
    if (this.used < this.chunk.length) return false;
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

  accept(entries: readonly StoredEntry[]): void {
    this.chunk = entries;
    this.used = 0;
  }

  peek(): StoredEntry | undefined {
    const ahead = this.chunk[this.used];
    if (ahead || this.place === undefined) return ahead;
    let entry = this.tail.at(this.place);
    // The storage may have shown an entry shortly before the tail did.
    while (entry && compareIds(entry.id, this.id) <= 0) entry = this.tail.at((this.place += 1));
    return entry;
  }

  /** Goes on at the front of the tail: the storage holds nothing between it and the cursor. */
  jumpToTail(): void {
    this.place = this.tail.base;
  }

  advance(entry: StoredEntry): void {
    this.id = entry.id;
    if (this.used < this.chunk.length) {
      this.used += 1;
      if (this.used === this.chunk.length) this.leaveChunk();
    } else if (this.place !== undefined) this.place += 1;
  }

  skipTo(id: EntryId): void {
    if (compareIds(id, this.id) <= 0) return;
    this.id = id;
    while (this.used < this.chunk.length && compareIds((this.chunk[this.used] as StoredEntry).id, id) <= 0)
      this.used += 1;
    if (this.used === this.chunk.length) this.leaveChunk();
  }

  /** Goes on in the tail, if it can, once what was read ahead is used up. */
  private leaveChunk(): void {
    this.accept([]);
    this.place = this.tail.placeAfter(this.id);
  }
}
