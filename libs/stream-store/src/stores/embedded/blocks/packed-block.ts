import { compareParts, type IdParts } from '@millrace/protocol';
import type { StoredEntry } from '../../../api/stream-store.js';
import { firstAbove } from '../../../engine/entry-id.js';
import { idOfKey, streamOfKey } from './block-key.js';
import { type BlockStart, isPlausibleStart } from './block-start.js';
import { checksum, NO_CHECKSUM } from './checksum.js';
import type { StoredBlock } from './stored-block.js';

/**
 * A block holds the entries that came in together, so that one write and one read serve many. Layout, little-endian:
 *
 * | bytes | what |
 * |---|---|
 * | 4 | number of entries |
 * | 4 | checksum of all behind it, begun with the number of the stream and that of entries; 0: none, from an older version |
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
/** Places in the header. */
const CHECKSUM = 4;
const COVERED = 8;

/** Entries and bytes of data in one block; one entry may be larger by itself. */
export const BLOCK_ENTRIES = 100;
export const BLOCK_BYTES = 256 * 1024;

/** Where a block is to stand. */
interface PackedPlace {
  /** Number of the stream. */
  readonly stream: number;
  /** Index of the entry behind the last one of the block. */
  readonly to: number;
  readonly start: BlockStart;
}

/** Packs entries from an index on. */
export function packBlock(
  data: readonly Buffer[],
  ids: readonly IdParts[],
  from: number,
  { stream, to, start }: PackedPlace,
): Buffer {
  const count = to - from;
  const origin = HEADER + count * ITEM;
  let size = origin;
  for (let index = from; index < to; index += 1) size += (data[index] as Buffer).length;
  const block = Buffer.allocUnsafeSlow(size);
  const view = viewOf(block);
  view.setUint32(0, count, true);
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
  view.setUint32(CHECKSUM, sumOf(stream, count, block), true);
  return block;
}

/** Whether a block is what was written under this key; of one without a checksum, whether its form is right. */
export function isWholePacked(key: Buffer, block: Buffer): boolean {
  if (block.length < HEADER + ITEM) return false;
  const view = viewOf(block);
  const count = view.getUint32(0, true);
  if (count === 0 || HEADER + count * ITEM > block.length) return false;
  const stored = view.getUint32(CHECKSUM, true);
  if (stored !== NO_CHECKSUM && stored !== sumOf(streamOfKey(key), count, block)) return false;
  const packed = new PackedBlock(block);
  if (compareParts(packed.idAt(0), idOfKey(key)) !== 0) return false;
  return stored !== NO_CHECKSUM || packed.isPlausible;
}

/**
 * The last ID that a damaged block seems to have held: IDs count for as long as they rise, up to a limit.
 */
export function lastIdOfDamaged(first: IdParts, block: Buffer, limit: IdParts): IdParts {
  let last = first;
  const packed = block.length < HEADER ? undefined : new PackedBlock(block);
  for (let index = 0; packed && HEADER + (index + 1) * ITEM <= block.length && index < packed.count; index += 1) {
    const id = packed.idAt(index);
    if (compareParts(id, last) < 0 || compareParts(id, limit) > 0) break;
    last = id;
  }
  return last;
}

function sumOf(stream: number, count: number, block: Buffer): number {
  return checksum(block.subarray(COVERED), stream ^ ((count << 16) | (count >>> 16)));
}

/** Entries that came in together. */
export class PackedBlock implements StoredBlock {
  readonly count: number;
  private readonly origin: number;
  private readonly view: DataView;

  constructor(private readonly block: Buffer) {
    this.view = viewOf(block);
    this.count = this.view.getUint32(0, true);
    this.origin = HEADER + this.count * ITEM;
  }

  get start(): BlockStart {
    const { view } = this;
    return {
      addedBefore: view.getFloat64(8, true),
      bytesBefore: view.getFloat64(16, true),
      previous: { ms: view.getBigUint64(24, true), seq: view.getBigUint64(32, true) },
    };
  }

  get bytes(): number {
    return this.count === 0 ? 0 : this.endOf(this.count - 1);
  }

  idAt(index: number): IdParts {
    const item = HEADER + index * ITEM;
    return { ms: this.view.getBigUint64(item, true), seq: this.view.getBigUint64(item + 8, true) };
  }

  /** Whether IDs and ends are in order. Bytes that were changed elsewhere do not show. */
  get isPlausible(): boolean {
    let end = 0;
    for (let index = 0; index < this.count; index += 1) {
      const next = this.endOf(index);
      if (next < end) return false;
      end = next;
      if (index > 0 && compareParts(this.idAt(index - 1), this.idAt(index)) >= 0) return false;
    }
    return this.origin + end === this.block.length && isPlausibleStart(this.start, this.idAt(0));
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

  firstAfter(id: IdParts): number {
    return firstAbove(this.count, (index) => compareParts(this.idAt(index), id) > 0);
  }

  private endOf(index: number): number {
    return this.view.getUint32(HEADER + index * ITEM + 16, true);
  }
}

/** 64-bit numbers are read and written several times faster by a view than by the methods of a buffer. */
function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}
