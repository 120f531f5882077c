import { BLOCK_BYTES, BLOCK_ENTRIES } from '../blocks/packed-block.js';
import { SINGLE_BYTES } from '../blocks/single-block.js';

/** The most that a write may take of the data file. */
export interface WriteCost {
  /** Bytes of the pages that hold what is written. */
  readonly bytes: number;
  /** Places in the trees that are written to: the pages on the way to each are copied, and may be split. */
  readonly paths: number;
}

/** Of each page LMDB fills at least half. */
const FILL = 2;
const PAGE = 4096;
/** A larger value has pages of its own. */
const INLINE_BYTES = 1900;
/** Bytes of a key with what LMDB keeps beside it. */
const KEY_BYTES = 100;
const ITEM_BYTES = 20;

/** What entries of one stream take. */
export function entriesCost(data: readonly Buffer[]): WriteCost {
  let bytes = 0;
  let singles = 0;
  for (const { length } of data) {
    bytes += length + ITEM_BYTES;
    if (length >= SINGLE_BYTES) singles += 1;
  }
  if (bytes <= INLINE_BYTES) return { bytes: FILL * (bytes + KEY_BYTES), paths: 1 };
  // Blocks end where they are full, and at each entry that is kept by itself.
  const blocks = Math.ceil(2 * singles + data.length / BLOCK_ENTRIES + (2 * bytes) / BLOCK_BYTES + 1);
  return { bytes: bytes + blocks * (PAGE + FILL * KEY_BYTES), paths: 1 };
}

/** What a record beside the blocks takes. */
export function recordCost(value: unknown): WriteCost {
  return { bytes: FILL * MOST_BYTES_OF_CHARACTER * (JSON.stringify(value) ?? '').length + PAGE, paths: 1 };
}

const MOST_BYTES_OF_CHARACTER = 3;

/** What a removal takes: the pages of the keys are copied, and those that become free are listed. */
export function removalCost(keys: number, freedBytes: number): WriteCost {
  return { bytes: FILL * keys * PAGE + (freedBytes / PAGE) * 8 * FILL + PAGE, paths: 2 };
}

export function sumOf(costs: readonly WriteCost[]): WriteCost {
  return costs.reduce((sum, { bytes, paths }) => ({ bytes: sum.bytes + bytes, paths: sum.paths + paths }));
}
