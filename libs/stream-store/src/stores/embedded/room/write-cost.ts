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

/** To the blocks and to the record of their stream. */
export const REMOVAL_PATHS = 2;

/** What a removal takes: the pages of the keys are copied, and those that become free are listed. */
export function removalCost(keys: number, freedBytes: number): WriteCost {
  return { bytes: FILL * keys * PAGE + (freedBytes / PAGE) * 8 * FILL + PAGE, paths: REMOVAL_PATHS };
}

/** How much one commit removes at the most. */
export interface RemovalPiece {
  readonly blocks: number;
  /** Bytes of blocks after which a piece ends: each of their pages is written down as free. */
  readonly bytes: number;
}

/** So that a commit does not hold up the others. */
export const FULL_PIECE: RemovalPiece = { blocks: 1000, bytes: Infinity };
const SCARCE_PIECE: RemovalPiece = { blocks: 32, bytes: 16 * 1024 * 1024 };

/** The most that can be removed with some bytes of room, half of them for each part of {@link removalCost}; at least one block. */
export function pieceWithin(room: number): RemovalPiece {
  const share = Math.max(0, room - PAGE) / 2;
  return {
    blocks: Math.max(1, Math.min(SCARCE_PIECE.blocks, Math.floor(share / (FILL * PAGE)))),
    bytes: Math.min(SCARCE_PIECE.bytes, (share / (8 * FILL)) * PAGE),
  };
}

export function sumOf(costs: readonly WriteCost[]): WriteCost {
  return costs.reduce((sum, { bytes, paths }) => ({ bytes: sum.bytes + bytes, paths: sum.paths + paths }));
}
