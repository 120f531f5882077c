import { compareParts, type IdParts } from '@millrace/protocol';
import type { ReadLimit, StoredEntry } from '../../api/stream-store.js';
import { newestWithin } from '../bounds.js';
import type { ReadRun } from '../read-from.js';
import { endKey, firstKey, idOfKey, lastKeyOf } from './blocks/block-key.js';
import type { FoundBlock } from './blocks/checked-blocks.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import type { StreamHead } from './head-table.js';

/**
 * Reads entries out of the blocks of one stream at a time. Each block says which entry came before it; where that is none
 * of those read so far, a block in between is damaged or gone, and a gap is told.
 */
export class BlockReader {
  constructor(private readonly database: Pick<EmbeddedDatabase, 'blocks' | 'checked'>) {}

  /** @param head undefined for a stream that is not there */
  after(stream: string, head: StreamHead | undefined, cursor: IdParts, limit: ReadLimit): ReadRun {
    if (!head) return { entries: [] };
    const { count, maxBytes = Infinity } = limit;
    const entries: StoredEntry[] = [];
    let lostTo: IdParts | undefined;
    /** All up to it was read, or is not asked for. */
    let seen = cursor;
    let bytes = 0;
    const full = (): boolean => entries.length >= count || bytes >= maxBytes;
    for (const { block } of this.blocksFrom(stream, head, cursor)) {
      if (!block) continue;
      if (compareParts(block.start.previous, seen) > 0) {
        // A gap is told before the entries of a result: those behind this one come with the next.
        if (entries.length > 0) break;
        lostTo = block.start.previous;
      }
      // Behind an entry that was taken all blocks lie above the cursor.
      let index = entries.length > 0 ? 0 : block.firstAfter(cursor);
      for (; index < block.count && !full(); index += 1) {
        const entry = block.entryAt(index, stream);
        bytes += entry.data.length;
        if (bytes > maxBytes && entries.length > 0) break;
        entries.push(entry);
      }
      if (full()) break;
      seen = later(seen, block.idAt(block.count - 1));
    }
    // The end of the stream is damaged, and nothing has come behind it yet.
    if (!full() && entries.length === 0 && compareParts(head.committed, seen) > 0) lostTo = head.committed;
    return { entries, lostTo };
  }

  /** How many entries were added up to an ID. */
  addedUpTo(stream: string, head: StreamHead, id: IdParts): number {
    if (compareParts(id, head.last) >= 0) return head.added;
    for (const { block } of this.blocksFrom(stream, head, id))
      if (block) return block.start.addedBefore + block.firstAfter(id);
    return head.added;
  }

  /** The ID that the first kept block begins with; undefined when there is none. */
  firstId(head: StreamHead): IdParts | undefined {
    const range = { start: lastKeyOf(head.number, head.removedTo), end: endKey(head.number), limit: 1 };
    for (const key of this.database.blocks.getKeys(range)) return idOfKey(key);
    return undefined;
  }

  /** Oldest first; fewer where a damaged block lies between them and older ones. */
  newest(stream: string, head: StreamHead, count: number, maxBytes: number): StoredEntry[] {
    const entries: StoredEntry[] = [];
    let bytes = 0;
    let before: IdParts | undefined;
    for (const { block } of this.database.checked.blocksOf(stream, head.number, { reverse: true })) {
      if (!block) continue;
      if (before && compareParts(block.idAt(block.count - 1), before) < 0) break;
      before = block.start.previous;
      const kept = block.firstAfter(head.removedTo);
      for (let index = block.count - 1; index >= kept && entries.length < count; index -= 1)
        entries.push(block.entryAt(index, stream));
      bytes += block.bytes;
      if (entries.length >= count || bytes >= maxBytes || kept > 0) break;
    }
    return newestWithin(entries, maxBytes);
  }

  /** The blocks from the one on that holds an ID. */
  private *blocksFrom(stream: string, head: StreamHead, id: IdParts): Generator<FoundBlock, void> {
    const { checked } = this.database;
    const from = this.keyOfHolder(head, id);
    let isFirst = true;
    for (const found of checked.blocksOf(stream, head.number, { from })) {
      // What is damaged may be its key: then it came to lie here, and the ID is in the block before.
      if (isFirst && !found.block)
        yield* firstWhole(checked.blocksOf(stream, head.number, { before: from, reverse: true }));
      isFirst = false;
      yield found;
    }
  }

  /** Key of the block that holds an ID, or of the first one. */
  private keyOfHolder(head: StreamHead, id: IdParts): Buffer {
    const range = { start: lastKeyOf(head.number, id), end: firstKey(head.number), reverse: true, limit: 1 };
    for (const key of this.database.blocks.getKeys(range)) return key;
    return firstKey(head.number);
  }
}

function* firstWhole(blocks: Iterable<FoundBlock>): Generator<FoundBlock, void> {
  for (const found of blocks) {
    if (!found.block) continue;
    yield found;
    return;
  }
}

function later(a: IdParts, b: IdParts): IdParts {
  return compareParts(a, b) > 0 ? a : b;
}
