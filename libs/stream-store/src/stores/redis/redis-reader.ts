import { compareIds, type EntryId, GREATEST_ID_NUMBER, ZERO_ID } from '@millrace/protocol';
import type { ReadLimit, ReadResult, StoredEntry } from '../../api/stream-entry.js';
import { newestWithin } from '../newest-within.js';
import { entryOf } from './entry-reply.js';
import { ReadSize } from './read-size.js';
import type { RedisKeys } from './redis-keys.js';
import type { RedisClient } from '@millrace/core/redis';
import { GAP } from './scripts.js';

/** Nothing comes after it, and Redis refuses to be asked. */
const GREATEST_ID = `${GREATEST_ID_NUMBER}-${GREATEST_ID_NUMBER}`;
const READ_BYTES = 4 * 1024 * 1024;

/** Reads entries of one stream at a time, a bounded number of bytes by each command. */
export class RedisReader {
  private readonly size = new ReadSize();

  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
  ) {}

  /** @param after an ID in its canonical form */
  async after(stream: string, after: EntryId, { count, maxBytes = Infinity }: ReadLimit): Promise<ReadResult> {
    const entries: StoredEntry[] = [];
    let bytes = 0;
    const gap = after === ZERO_ID ? undefined : this.gapAfter(stream, after);
    gap?.catch(() => undefined);
    for (let from = after; entries.length < count && bytes < maxBytes;) {
      const wanted = Math.min(count - entries.length, this.size.entriesFor(Math.min(READ_BYTES, maxBytes - bytes)));
      const found = await this.range(stream, from, wanted);
      for (const entry of found) {
        bytes += entry.data.length;
        if (bytes > maxBytes && entries.length > 0) break;
        entries.push(entry);
      }
      const last = found.at(-1);
      if (!last || found.length < wanted) break;
      from = last.id;
    }
    const first = await gap;
    if (first === undefined) return { entries };
    // What was read is what is kept, as far as the reader is concerned.
    return { entries, gap: { stream, after, first: entries[0]?.id ?? (first || undefined) } };
  }

  /** Oldest first. */
  async newest(stream: string, count: number, maxBytes: number): Promise<StoredEntry[]> {
    const entries: StoredEntry[] = [];
    let bytes = 0;
    for (let before = '+'; entries.length < count && bytes < maxBytes;) {
      const wanted = Math.min(count - entries.length, this.size.entriesFor(READ_BYTES));
      const replies = await this.redis.xrevrangeBuffer(this.keys.stream(stream), before, '-', 'COUNT', wanted);
      const found = replies.map((reply) => entryOf(stream, reply));
      this.size.learn(found);
      for (const entry of found) bytes += entry.data.length;
      entries.push(...found);
      const last = found.at(-1);
      if (!last || found.length < wanted) break;
      before = `(${last.id}`;
    }
    return newestWithin(entries, maxBytes);
  }

  private async range(stream: string, after: EntryId, count: number): Promise<StoredEntry[]> {
    if (after === GREATEST_ID) return [];
    const replies = await this.redis.xrangeBuffer(this.keys.stream(stream), `(${after}`, '+', 'COUNT', count);
    const entries = replies.map((reply) => entryOf(stream, reply));
    this.size.learn(entries);
    return entries;
  }

  /** The first kept ID ('' for none) if entries behind the cursor may be gone; else undefined. */
  private async gapAfter(stream: string, cursor: EntryId): Promise<string | undefined> {
    const reply = await this.redis.eval(GAP, 1, this.keys.stream(stream));
    if (reply === null) return undefined;
    const [first, last] = reply as [string, string];
    if (first === '') return compareIds(cursor, last) < 0 ? '' : undefined;
    return compareIds(cursor, first) < 0 ? first : undefined;
  }
}
