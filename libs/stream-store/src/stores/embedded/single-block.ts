import type { StoredEntry } from '../../api/stream-entry.js';
import { compareParts, formatId, type IdParts } from '@millrace/protocol';
import type { BlockStart, StoredBlock } from './stored-block.js';
import { blockKey } from './block-key.js';

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

export function isSingleKey(key: Buffer): boolean {
  return key.length === KEY_BYTES;
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

  get addedBefore(): number {
    return this.key.readDoubleBE(ID_BYTES);
  }

  get bytesBefore(): number {
    return this.key.readDoubleBE(ID_BYTES + 8);
  }

  get previous(): IdParts {
    return { ms: this.key.readBigUInt64BE(ID_BYTES + 16), seq: this.key.readBigUInt64BE(ID_BYTES + 24) };
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
