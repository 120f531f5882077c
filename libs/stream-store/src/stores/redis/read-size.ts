import type { StoredEntry } from '../../api/stream-entry.js';

const FIRST_GUESS_BYTES = 64 * 1024;
const MOST_ENTRIES = 512;

/**
 * How many entries to ask for: Redis bounds a read by entries only, and it is memory that must be bounded. Goes by the
 * size of those that came last; a larger one counts at once, smaller ones bit by bit.
 */
export class ReadSize {
  private guess = FIRST_GUESS_BYTES;

  learn(entries: readonly StoredEntry[]): void {
    for (const { data } of entries) {
      this.guess = data.length > this.guess ? data.length : this.guess * 0.9 + data.length * 0.1;
    }
  }

  /** Entries that make up about so many bytes. */
  entriesFor(bytes: number): number {
    return Math.max(1, Math.min(MOST_ENTRIES, Math.floor(bytes / Math.max(1, this.guess))));
  }
}
