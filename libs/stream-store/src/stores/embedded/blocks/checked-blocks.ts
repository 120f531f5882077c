import type { Database } from 'lmdb';
import { StoreUnavailableError } from '../../../api/store.errors.js';
import { readBlock } from './block.js';
import { endKey, firstKey } from './block-key.js';
import type { DamageLog } from '../damage-log.js';
import type { StoredBlock } from './stored-block.js';

/** What lies under one key. */
export interface FoundBlock {
  readonly key: Buffer;
  readonly value: Buffer;
  /** Undefined: it is damaged, and has been reported. */
  readonly block: StoredBlock | undefined;
}

/** Reads blocks out of the storage. All that is read passes here, so that no damaged block is taken for a whole one. */
export class CheckedBlocks {
  constructor(
    private readonly blocks: Database<Buffer, Buffer>,
    readonly damage: DamageLog,
  ) {}

  /**
   * The blocks of a stream, oldest first, or from the newest back.
   *
   * @param number number of the stream
   * @param from key of the oldest; by default the first
   * @param before key above the newest; by default there is none
   * @throws StoreUnavailableError when the storage cannot go through them
   */
  *blocksOf(
    stream: string,
    number: number,
    { from = firstKey(number), before = endKey(number), reverse = false } = {},
  ): Generator<FoundBlock, void> {
    // Backwards LMDB begins with the start itself.
    const range = reverse ? { start: before, end: from, reverse, exclusiveStart: true } : { start: from, end: before };
    try {
      for (const { key, value } of this.blocks.getRange(range)) {
        const block = readBlock(key, value);
        if (!block) this.damage.block(stream, key);
        yield { key, value, block };
      }
    } catch (error) {
      throw new StoreUnavailableError(this.damage.adviceFor(`The blocks of the stream "${stream}" cannot be read`), {
        cause: error,
      });
    }
  }
}
