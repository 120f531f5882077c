import { compareParts, formatId, type IdParts, ZERO_PARTS } from '@millrace/protocol';
import type { StoredEntry } from '../../api/stream-store.js';
import { firstAbove } from '../../engine/entry-id.js';

/** Where a block stands in its stream. */
interface BlockStart {
  readonly addedBefore: number;
  readonly bytesBefore: number;
  /** ID of the entry before this block. */
  readonly previous: IdParts;
}

/** A stored block, whichever way it is kept. */
export interface StoredBlock {
  readonly start: BlockStart;
  readonly count: number;
  /** Bytes of data. */
  readonly bytes: number;
  idAt(index: number): IdParts;
  /** An entry; its data are a view of what was read. */
  entryAt(index: number, stream: string): StoredEntry;
  /** Index of the first entry above an ID; the count when there is none. */
  firstAfter(id: IdParts): number;
}

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
/** Entries from this size on are kept by themselves: copying them costs more than one more write. */
export const SINGLE_BYTES = 16 * 1024;

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
  return key.length === KEY_BYTES ? new SingleBlock(key, value) : new PackedBlock(value);
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

const ID_BYTES = 20;
const KEY_BYTES = ID_BYTES + 32;

/**
 * Key of a large entry, which is kept by itself so that its data need not be copied into a block: behind the key of a
 * block, what the block's header would say (8 bytes each): entries and bytes added before, and the ID before it.
 */
export function singleKey(stream: number, id: IdParts, { addedBefore, bytesBefore, previous }: BlockStart): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.set(blockKey(stream, id));
  key.writeDoubleBE(addedBefore, ID_BYTES);
  key.writeDoubleBE(bytesBefore, ID_BYTES + 8);
  key.writeBigUInt64BE(previous.ms, ID_BYTES + 16);
  key.writeBigUInt64BE(previous.seq, ID_BYTES + 24);
  return key;
}

/** A large entry that is kept by itself. */
class SingleBlock implements StoredBlock {
  readonly count = 1;

  constructor(
    private readonly key: Buffer,
    private readonly data: Buffer,
  ) {}

  get bytes(): number {
    return this.data.length;
  }

  get start(): BlockStart {
    const { key } = this;
    return {
      addedBefore: key.readDoubleBE(ID_BYTES),
      bytesBefore: key.readDoubleBE(ID_BYTES + 8),
      previous: { ms: key.readBigUInt64BE(ID_BYTES + 16), seq: key.readBigUInt64BE(ID_BYTES + 24) },
    };
  }

  idAt(): IdParts {
    return { ms: this.key.readBigUInt64BE(4), seq: this.key.readBigUInt64BE(12) };
  }

  entryAt(_index: number, stream: string): StoredEntry {
    return { stream, id: formatId(this.idAt()), data: this.data };
  }

  firstAfter(id: IdParts): number {
    return compareParts(this.idAt(), id) > 0 ? 0 : 1;
  }
}

/** Key of a block: number of the stream (4 bytes) and ID of its first entry (8, 8), big-endian so that keys sort as IDs. */
export function blockKey(stream: number, { ms, seq }: IdParts): Buffer {
  const key = Buffer.allocUnsafe(ID_BYTES);
  key.writeUInt32BE(stream, 0);
  key.writeBigUInt64BE(ms, 4);
  key.writeBigUInt64BE(seq, 12);
  return key;
}

/** A key below every block of a stream. */
export function firstKey(stream: number): Buffer {
  return blockKey(stream, ZERO_PARTS);
}

/** A key above every block of a stream. */
export function endKey(stream: number): Buffer {
  return firstKey(stream + 1);
}

/** The greatest key that a block beginning with an ID can have: that of a {@link singleKey} goes on behind the ID. */
export function lastKeyOf(stream: number, id: IdParts): Buffer {
  return Buffer.concat([blockKey(stream, id), LAST]);
}

const LAST = Buffer.alloc(1, 0xff);
