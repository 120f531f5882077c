import type { Database } from 'lmdb';
import type { IdParts } from '@millrace/protocol';
import { blockKey } from './blocks/block-key.js';
import type { StreamHead } from './head-table.js';
import { BLOCK_BYTES, BLOCK_ENTRIES, packBlock } from './blocks/packed-block.js';
import { SINGLE_BYTES, singleKey } from './blocks/single-block.js';

/** Writes entries as blocks and moves the stream's end. All writes of one turn of the event loop are one transaction. */
export function writeBlocks(
  blocks: Database<Buffer, Buffer>,
  head: StreamHead,
  data: readonly Buffer[],
  ids: readonly IdParts[],
): Promise<boolean>[] {
  const writes: Promise<boolean>[] = [];
  for (let from = 0; from < data.length;) {
    const to = endOfBlock(data, from);
    const first = data[from] as Buffer;
    const id = ids[from] as IdParts;
    const start = { addedBefore: head.added, bytesBefore: head.bytesAdded, previous: head.last };
    writes.push(
      first.length >= SINGLE_BYTES
        ? blocks.put(singleKey(head.number, id, start, first), first)
        : blocks.put(blockKey(head.number, id), packBlock(data, ids, from, { stream: head.number, to, start })),
    );
    for (let index = from; index < to; index += 1) head.bytesAdded += (data[index] as Buffer).length;
    head.added += to - from;
    head.last = ids[to - 1] as IdParts;
    from = to;
  }
  return writes;
}

/** Where the block ends that begins at an entry. */
function endOfBlock(data: readonly Buffer[], from: number): number {
  let bytes = (data[from] as Buffer).length;
  let to = from + 1;
  if (bytes >= SINGLE_BYTES) return to;
  for (; to < data.length && to - from < BLOCK_ENTRIES; to += 1) {
    const { length } = data[to] as Buffer;
    bytes += length;
    if (length >= SINGLE_BYTES || bytes > BLOCK_BYTES) return to;
  }
  return to;
}
