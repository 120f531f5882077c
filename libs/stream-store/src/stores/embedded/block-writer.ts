import type { Database } from 'lmdb';
import type { IdParts } from '../entry-id.js';
import { BLOCK_BYTES, BLOCK_ENTRIES, packBlock } from './block.js';
import { blockKey } from './block-key.js';
import type { StreamHead } from './stream-head.js';

/** Writes entries as blocks and moves the stream's end. All writes of one turn of the event loop are one transaction. */
export class BlockWriter {
  constructor(private readonly blocks: Database<Buffer, Buffer>) {}

  write(head: StreamHead, data: readonly Buffer[], ids: readonly IdParts[]): Promise<boolean>[] {
    const writes: Promise<boolean>[] = [];
    for (let from = 0; from < data.length;) {
      let to = from;
      let bytes = 0;
      do bytes += (data[to++] as Buffer).length;
      while (to < data.length && to - from < BLOCK_ENTRIES && bytes + (data[to] as Buffer).length <= BLOCK_BYTES);
      const start = { addedBefore: head.added, bytesBefore: head.bytesAdded, previous: head.last };
      writes.push(this.blocks.put(blockKey(head.number, ids[from] as IdParts), packBlock(data, ids, from, to, start)));
      head.added += to - from;
      head.bytesAdded += bytes;
      head.last = ids[to - 1] as IdParts;
      from = to;
    }
    return writes;
  }
}
