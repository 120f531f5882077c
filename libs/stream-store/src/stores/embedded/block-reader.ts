import type { IdParts } from '@millrace/protocol';
import type { Database } from 'lmdb';
import type { ReadLimit, StoredEntry } from '../../api/stream-store.js';
import { newestWithin } from '../bounds.js';
import { endKey, firstKey, lastKeyOf, readBlock } from './block.js';
import type { StreamHead } from './head-table.js';

/** Reads entries out of the blocks of one stream at a time. */
export class BlockReader {
  constructor(private readonly blocks: Database<Buffer, Buffer>) {}

  after(stream: string, head: StreamHead, cursor: IdParts, { count, maxBytes = Infinity }: ReadLimit): StoredEntry[] {
    const entries: StoredEntry[] = [];
    let bytes = 0;
    const full = (): boolean => entries.length >= count || bytes >= maxBytes;
    const range = { start: this.blockHolding(head, cursor), end: endKey(head.number) };
    for (const { key, value } of this.blocks.getRange(range)) {
      const block = readBlock(key, value);
      // Behind an entry that was taken all blocks lie above the cursor.
      let index = entries.length > 0 ? 0 : block.firstAfter(cursor);
      for (; index < block.count && !full(); index += 1) {
        const entry = block.entryAt(index, stream);
        bytes += entry.data.length;
        if (bytes > maxBytes && entries.length > 0) break;
        entries.push(entry);
      }
      if (full()) break;
    }
    return entries;
  }

  /** Oldest first. */
  newest(stream: string, head: StreamHead, count: number, maxBytes: number): StoredEntry[] {
    const entries: StoredEntry[] = [];
    let bytes = 0;
    const range = { start: endKey(head.number), end: firstKey(head.number), reverse: true };
    for (const { key, value } of this.blocks.getRange(range)) {
      const block = readBlock(key, value);
      const kept = block.firstAfter(head.removedTo);
      for (let index = block.count - 1; index >= kept && entries.length < count; index -= 1)
        entries.push(block.entryAt(index, stream));
      bytes += block.bytes;
      if (entries.length >= count || bytes >= maxBytes || kept > 0) break;
    }
    return newestWithin(entries, maxBytes);
  }

  /** Key of the block that holds an ID, or of the first one. */
  private blockHolding(head: StreamHead, id: IdParts): Buffer {
    const range = { start: lastKeyOf(head.number, id), end: firstKey(head.number), reverse: true, limit: 1 };
    for (const key of this.blocks.getKeys(range)) return key;
    return firstKey(head.number);
  }
}
