import { Outbox, type OutboxEntry, type OutboxQueue } from '../../api/outbox.port.js';

/** How many removed places may pile up at the front before the array is made anew. */
const COMPACT_AT = 1024;

/** Keeps notifications in the process: fast, and lost with it. The default. */
export class MemoryOutbox extends Outbox {
  override open(): OutboxQueue {
    return new MemoryOutboxQueue();
  }
}

class MemoryOutboxQueue implements OutboxQueue {
  private entries: (OutboxEntry | undefined)[] = [];
  private head = 0;
  private next = 0;

  get size(): number {
    return this.entries.length - this.head;
  }

  append(entry: OutboxEntry): void {
    this.entries.push(entry);
  }

  read(limit: number): readonly OutboxEntry[] {
    const found = this.entries.slice(this.next, this.next + limit) as OutboxEntry[];
    this.next += found.length;
    return found;
  }

  remove(count: number): void {
    const end = Math.min(this.head + count, this.next);
    while (this.head < end) {
      this.entries[this.head] = undefined;
      this.head += 1;
    }
    if (this.head < COMPACT_AT || this.head * 2 < this.entries.length) return;
    this.entries = this.entries.slice(this.head);
    this.next -= this.head;
    this.head = 0;
  }

  dropOldest(): boolean {
    if (this.next >= this.entries.length) return false;
    this.entries.splice(this.next, 1);
    return true;
  }

  rewind(): void {
    this.next = this.head;
  }

  close(): void {
    // Nothing is held outside the process.
  }
}
