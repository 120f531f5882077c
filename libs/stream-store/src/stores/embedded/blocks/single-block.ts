import { compareParts, formatId, type IdParts } from '@millrace/protocol';
import type { StoredEntry } from '../../../api/stream-store.js';
import { BLOCK_KEY_BYTES, blockKey, idOfKey } from './block-key.js';
import { type BlockStart, isPlausibleStart } from './block-start.js';
import { checksum } from './checksum.js';
import type { StoredBlock } from './stored-block.js';

/** Entries from this size on are kept by themselves: copying them costs more than one more write. */
export const SINGLE_BYTES = 16 * 1024;

/** Length of a key without the checksum, as older versions wrote it, and with it. */
const UNCHECKED_KEY_BYTES = BLOCK_KEY_BYTES + 32;
const KEY_BYTES = UNCHECKED_KEY_BYTES + 4;

/**
 * Key of a large entry, which is kept by itself so that its data need not be copied into a block: behind the key of a
 * block, what the block's header would say: entries and bytes added before, and the ID before it (8 bytes each), and the
 * checksum (4) of all that and of the data.
 */
export function singleKey(stream: number, id: IdParts, start: BlockStart, data: Buffer): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.set(blockKey(stream, id));
  key.writeDoubleBE(start.addedBefore, BLOCK_KEY_BYTES);
  key.writeDoubleBE(start.bytesBefore, BLOCK_KEY_BYTES + 8);
  key.writeBigUInt64BE(start.previous.ms, BLOCK_KEY_BYTES + 16);
  key.writeBigUInt64BE(start.previous.seq, BLOCK_KEY_BYTES + 24);
  key.writeUInt32BE(sumOf(key, data), UNCHECKED_KEY_BYTES);
  return key;
}

/** Whether a large entry is what was written under this key; of one without a checksum, whether its key can be. */
export function isWholeSingle(key: Buffer, data: Buffer): boolean {
  if (key.length === KEY_BYTES) return key.readUInt32BE(UNCHECKED_KEY_BYTES) === sumOf(key, data);
  return key.length === UNCHECKED_KEY_BYTES && isPlausibleStart(startOfKey(key), idOfKey(key));
}

function sumOf(key: Buffer, data: Buffer): number {
  return checksum(data, checksum(key.subarray(0, UNCHECKED_KEY_BYTES), 0));
}

function startOfKey(key: Buffer): BlockStart {
  return {
    addedBefore: key.readDoubleBE(BLOCK_KEY_BYTES),
    bytesBefore: key.readDoubleBE(BLOCK_KEY_BYTES + 8),
    previous: { ms: key.readBigUInt64BE(BLOCK_KEY_BYTES + 16), seq: key.readBigUInt64BE(BLOCK_KEY_BYTES + 24) },
  };
}

/** A large entry that is kept by itself. */
export class SingleBlock implements StoredBlock {
  readonly count = 1;

  constructor(
    private readonly key: Buffer,
    private readonly data: Buffer,
  ) {}

  get bytes(): number {
    return this.data.length;
  }

  get start(): BlockStart {
    return startOfKey(this.key);
  }

  idAt(): IdParts {
    return idOfKey(this.key);
  }

  entryAt(_index: number, stream: string): StoredEntry {
    return { stream, id: formatId(this.idAt()), data: this.data };
  }

  firstAfter(id: IdParts): number {
    return compareParts(this.idAt(), id) > 0 ? 0 : 1;
  }
}
