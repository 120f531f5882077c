import type { StoredEntry } from '../../api/stream-entry.js';
import type { IdParts } from '@millrace/protocol';
import type { BlockStart, StoredBlock } from './stored-block.js';
import { isSingleKey, SingleBlock } from './single-block.js';

/**
 * A block holds the entries that came in together, so that one write and one read serve many. Layout, little-endian:
 *
 * | bytes | what |
 * |---|---|
 * | 4 | number of entries |
 * | 4 | reserved |
 * | 8, 8 | entries and bytes of data that were ever added to the stream before this block (doubles) |
 * | 8, 8 | ID of the entry before this block |
 * | 20 each | ID (8, 8), end of the data (4) |
 * | rest | the data |
 *
 * The counters make the last block tell all there is to know of a stream: a start needs no scan, and no write beside the
 * block itself.
 */
const HEADER = 40;
const ITEM = 20;

/** Entries and bytes of data in one block; one entry may be larger by itself. */
export const BLOCK_ENTRIES = 100;
export const BLOCK_BYTES = 256 * 1024;

/** Packs entries `from` to `to` (exclusive). */
export function packBlock(
  data: readonly Buffer[],
  ids: readonly IdParts[],
  from: number,
  to: number,
  start: BlockStart,
): Buffer {
  const count = to - from;
  const origin = HEADER + count * ITEM;
  let size = origin;
  for (let index = from; index < to; index += 1) size += (data[index] as Buffer).length;
  const block = Buffer.allocUnsafeSlow(size);
  const view = viewOf(block);
  view.setUint32(0, count, true);
  view.setUint32(4, 0, true);
  view.setFloat64(8, start.addedBefore, true);
  view.setFloat64(16, start.bytesBefore, true);
  view.setBigUint64(24, start.previous.ms, true);
  view.setBigUint64(32, start.previous.seq, true);
  let end = 0;
  for (let index = from; index < to; index += 1) {
    const bytes = data[index] as Buffer;
    const { ms, seq } = ids[index] as IdParts;
    const item = HEADER + (index - from) * ITEM;
    block.set(bytes, origin + end);
    end += bytes.length;
    view.setBigUint64(item, ms, true);
    view.setBigUint64(item + 8, seq, true);
    view.setUint32(item + 16, end, true);
  }
  return block;
}

/** Reads a stored block. */
export function readBlock(key: Buffer, value: Buffer): StoredBlock {
  return isSingleKey(key) ? new SingleBlock(key, value) : new PackedBlock(value);
}

class PackedBlock implements StoredBlock {
  readonly count: number;
  private readonly origin: number;

  private readonly view: DataView;

  constructor(private readonly block: Buffer) {
    this.view = viewOf(block);
    this.count = this.view.getUint32(0, true);
    this.origin = HEADER + this.count * ITEM;
  }

  get addedBefore(): number {
    return this.view.getFloat64(8, true);
  }

  get bytesBefore(): number {
    return this.view.getFloat64(16, true);
  }

  get bytes(): number {
    return this.count === 0 ? 0 : this.endOf(this.count - 1);
  }

  get previous(): IdParts {
    return { ms: this.view.getBigUint64(24, true), seq: this.view.getBigUint64(32, true) };
  }

  idAt(index: number): IdParts {
    const item = HEADER + index * ITEM;
    return { ms: this.view.getBigUint64(item, true), seq: this.view.getBigUint64(item + 8, true) };
  }

  entryAt(index: number, stream: string): StoredEntry {
    const { ms, seq } = this.idAt(index);
    const start = index === 0 ? 0 : this.endOf(index - 1);
    return {
      stream,
      id: `${ms}-${seq}`,
      data: this.block.subarray(this.origin + start, this.origin + this.endOf(index)),
    };
  }

  firstAfter({ ms, seq }: IdParts): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const id = this.idAt(middle);
      if (id.ms > ms || (id.ms === ms && id.seq > seq)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private endOf(index: number): number {
    return this.view.getUint32(HEADER + index * ITEM + 16, true);
  }
}

/** 64-bit numbers are read and written several times faster by a view than by the methods of a buffer. */
function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}
