import { compareIds, type EntryId, ZERO_ID } from '@millrace/protocol';
import type { RedisClient } from '@millrace/core/redis';
import type { ReadLimit, ReadResult, StoredEntry } from '../../api/stream-store.js';
import { newestWithin } from '../bounds.js';
import { END_FIELD, GREATEST_ID, type ReadEntry, takeEnd } from './end-marker.js';
import type { RedisKeys } from './redis-keys.js';
import { ENDS } from './scripts.js';

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
    let ended = {};
    const ends = after === ZERO_ID ? undefined : this.ends(stream);
    ends?.catch(() => undefined);
    for (let from = after; from !== GREATEST_ID && entries.length < count && bytes < maxBytes;) {
      const wanted = Math.min(count - entries.length, this.size.entriesFor(Math.min(READ_BYTES, maxBytes - bytes)));
      const replies = await this.redis.xrangeBuffer(this.keys.stream(stream), `(${from}`, '+', 'COUNT', wanted);
      const found = this.size.entriesOf(stream, replies);
      const hasEnd = takeEnd(found) !== undefined;
      for (const entry of found) {
        bytes += entry.data.length;
        if (bytes > maxBytes && entries.length > 0) break;
        entries.push(entry);
      }
      const last = found.at(-1);
      if (hasEnd && (!last || entries.at(-1) === last)) ended = { ended: true };
      if (!last || hasEnd || found.length < wanted) break;
      from = last.id;
    }
    const known = await ends;
    if (!known) return { entries, ...ended };
    const { first, last, removed } = known;
    if (compareIds(after, last) > 0) {
      const kept = await this.after(stream, ZERO_ID, { count, maxBytes });
      return { ...kept, gap: { stream, after, first: kept.entries[0]?.id }, cursor: ZERO_ID };
    }
    if (compareIds(after, removed) >= 0) return { entries, ...ended };
    // What was read is what is kept, as far as the reader is concerned.
    const gap = { stream, after, first: entries[0]?.id ?? first };
    return first === undefined ? { entries, gap, cursor: last, ...ended } : { entries, gap, ...ended };
  }

  /** Oldest first. */
  async newest(stream: string, count: number, maxBytes: number): Promise<StoredEntry[]> {
    const entries: StoredEntry[] = [];
    let bytes = 0;
    for (let before = '+'; entries.length < count && bytes < maxBytes;) {
      const wanted = Math.min(count - entries.length, this.size.entriesFor(READ_BYTES));
      const replies = await this.redis.xrevrangeBuffer(this.keys.stream(stream), before, '-', 'COUNT', wanted);
      const found = this.size.entriesOf(stream, replies);
      const last = found.at(-1);
      // The newest first.
      if (found[0]?.endOf !== undefined) found.shift();
      for (const entry of found) bytes += entry.data.length;
      entries.push(...found);
      if (!last || replies.length < wanted) break;
      before = `(${last.id}`;
    }
    return newestWithin(entries, maxBytes);
  }

  /** The first kept ID and the last one given, and the ID below which cursors have lost entries. */
  private async ends(stream: string): Promise<{ first: EntryId | undefined; last: EntryId; removed: EntryId }> {
    const reply = await this.redis.eval(ENDS, 1, this.keys.stream(stream));
    const [first, last, removed] = reply as [string, string, string];
    return { first: first === '' ? undefined : first, last, removed };
  }
}

const FIRST_GUESS_BYTES = 64 * 1024;
const MOST_ENTRIES = 512;

/**
 * How many entries to ask for: Redis bounds a read by entries only, and it is memory that must be bounded. Goes by the
 * size of those that came last; a larger one counts at once, smaller ones bit by bit.
 */
export class ReadSize {
  private guess = FIRST_GUESS_BYTES;

  /** The entries of replies, whose sizes it learns; among them the mark of an end. */
  entriesOf(stream: string, replies: readonly EntryReply[]): ReadEntry[] {
    return replies.map((reply) => {
      const entry = entryOf(stream, reply);
      const { length } = entry.data;
      this.guess = length > this.guess ? length : this.guess * 0.9 + length * 0.1;
      return entry;
    });
  }

  /** Entries that make up about so many bytes. */
  entriesFor(bytes: number): number {
    return Math.max(1, Math.min(MOST_ENTRIES, Math.floor(bytes / Math.max(1, this.guess))));
  }
}

/** One entry as Redis answers it: ID, and fields and values in turn. */
export type EntryReply = [Buffer, Buffer[]];

const NOTHING = Buffer.alloc(0);
const DATA_FIELD = 0x64;
const END = Buffer.from(END_FIELD);

/** The entry of a reply; its data are the field `d`, which every program that shares the layout writes. */
function entryOf(stream: string, [id, fields]: EntryReply): ReadEntry {
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] as Buffer;
    if (name.length === 1 && name[0] === DATA_FIELD) {
      return { stream, id: id.toString('latin1'), data: fields[index + 1] as Buffer };
    }
  }
  const entry = { stream, id: id.toString('latin1'), data: NOTHING };
  const [name, value] = fields;
  return entry.id === GREATEST_ID && value && name?.equals(END) ? { ...entry, endOf: value.toString('latin1') } : entry;
}
