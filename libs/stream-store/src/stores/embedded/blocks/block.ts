import { BLOCK_KEY_BYTES } from './block-key.js';
import { isWholePacked, PackedBlock } from './packed-block.js';
import { isWholeSingle, SingleBlock } from './single-block.js';
import type { StoredBlock } from './stored-block.js';

/** Reads a stored block; undefined when it is damaged: not what was written, or not under the key it was written under. */
export function readBlock(key: Buffer, value: Buffer): StoredBlock | undefined {
  if (key.length === BLOCK_KEY_BYTES) return isWholePacked(key, value) ? new PackedBlock(value) : undefined;
  return isWholeSingle(key, value) ? new SingleBlock(key, value) : undefined;
}
