import { compareParts, type IdParts, ZERO_PARTS } from '@millrace/protocol';
import { precedingParts } from '../../engine/entry-id.js';
import { BLOCK_KEY_BYTES, idOfKey } from './blocks/block-key.js';
import type { CheckedBlocks, FoundBlock } from './blocks/checked-blocks.js';
import { lastIdOfDamaged } from './blocks/packed-block.js';
import type { StoredBlock } from './blocks/stored-block.js';

/** An ID further ahead than this of what is known is taken for a part of the damage. */
const AHEAD_MS = 24n * 60n * 60n * 1000n;

/** What the blocks of a stream tell of its ends. */
interface StreamEnds {
  /** The first and the last whole block; undefined when all are damaged. */
  readonly oldest: StoredBlock | undefined;
  readonly newest: StoredBlock | undefined;
  /** The last ID ever given, as far as it is known. */
  readonly last: IdParts;
  /** ID that the first block, whole or damaged, lies behind. */
  readonly removedTo: IdParts;
}

/** Looks at the ends of a stream; undefined when it has no blocks. */
export function endsOf(blocks: CheckedBlocks, stream: string, number: number): StreamEnds | undefined {
  const front: FoundBlock[] = [];
  const oldest = firstWhole(blocks.blocksOf(stream, number), front);
  const back: FoundBlock[] = [];
  const newest = firstWhole(blocks.blocksOf(stream, number, { reverse: true }), back);
  if (!oldest && front.length === 0) return undefined;
  const lastWhole = newest?.idAt(newest.count - 1) ?? ZERO_PARTS;
  return {
    oldest,
    newest,
    last: back.reduce((last, block) => later(last, lastIdOf(block, last)), lastWhole),
    removedTo: front.reduce((least, { key }) => earlier(least, idBefore(key)), oldest?.start.previous ?? lastWhole),
  };
}

/** The first whole block of some; what is damaged before it is put aside. */
function firstWhole(found: Iterable<FoundBlock>, damaged: FoundBlock[]): StoredBlock | undefined {
  for (const each of found) {
    if (each.block) return each.block;
    damaged.push(each);
  }
  return undefined;
}

/** The last ID that a damaged block seems to have held, when that can be so after what is known. */
function lastIdOf({ key, value }: FoundBlock, known: IdParts): IdParts {
  if (key.length < BLOCK_KEY_BYTES) return ZERO_PARTS;
  const first = idOfKey(key);
  const now = BigInt(Date.now());
  const limit = { ms: (known.ms > now ? known.ms : now) + AHEAD_MS, seq: 0n };
  if (compareParts(first, limit) > 0) return ZERO_PARTS;
  return key.length === BLOCK_KEY_BYTES ? lastIdOfDamaged(first, value, limit) : first;
}

function idBefore(key: Buffer): IdParts {
  return key.length < BLOCK_KEY_BYTES ? ZERO_PARTS : precedingParts(idOfKey(key));
}

function later(a: IdParts, b: IdParts): IdParts {
  return compareParts(a, b) > 0 ? a : b;
}

function earlier(a: IdParts, b: IdParts): IdParts {
  return compareParts(a, b) < 0 ? a : b;
}
