import { compareParts } from '@millrace/protocol';
import { type Bounds, TRIM_SLACK } from '../bounds.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import type { StoredBlock } from './blocks/stored-block.js';
import { streamRecordOf, type StreamHead } from './head-table.js';
import { removalCost } from './room/write-cost.js';

/** How often, at the most, appends to a stream look for entries that have grown too old. */
const AGE_CHECK_MS = 1000;

/** Removes whole blocks from the front of streams that are over their bounds. */
export class Trimmer {
  private readonly busy = new Set<StreamHead>();

  constructor(private readonly database: EmbeddedDatabase) {}

  /** Starts a trim where one is due. Entries are removed in the background. */
  trim(stream: string, head: StreamHead, bounds: Bounds): void {
    if (isOver(head, bounds) || this.mayBeOld(head, bounds)) this.start(stream, head, bounds);
  }

  /** The same for what has grown too old in a stream without appends. */
  sweep(stream: string, head: StreamHead, bounds: Bounds): void {
    if (bounds.maxAge !== Infinity || isOver(head, bounds)) this.start(stream, head, bounds);
  }

  /** Whether the age of the oldest entries is due to be looked at: not at every append. */
  private mayBeOld(head: StreamHead, { maxAge }: Bounds): boolean {
    if (maxAge === Infinity) return false;
    const now = Date.now();
    if (now - head.agedAt < Math.min(AGE_CHECK_MS, maxAge / 10)) return false;
    head.agedAt = now;
    return true;
  }

  /** Whether entries would go at once under some bounds. */
  wouldTrim(stream: string, head: StreamHead, bounds: Bounds): boolean {
    return this.pieceOf(stream, head, bounds).keys.length > 0;
  }

  private start(stream: string, head: StreamHead, bounds: Bounds): void {
    if (this.busy.has(head)) return;
    this.busy.add(head);
    this.removePieces(stream, head, bounds)
      // A full disk: the blocks are still there, and a later trim takes them.
      .catch(() => undefined)
      .finally(() => this.busy.delete(head));
  }

  private async removePieces(stream: string, head: StreamHead, bounds: Bounds): Promise<void> {
    const { database } = this;
    for (let pieces = 0; !database.isClosing; pieces += 1) {
      const piece = this.pieceOf(stream, head, bounds);
      if (piece.keys.length === 0) {
        if (pieces > 0 && database.room.isScarce) await database.useFreedPages();
        return;
      }
      const { removed, bytesRemoved, removedTo } = head;
      try {
        await database.write('removal', removalCost(piece.keys.length, piece.bytes), () => {
          Object.assign(head, piece.after);
          return Promise.all(this.removals(stream, head, piece.keys));
        });
      } catch (error) {
        Object.assign(head, { removed, bytesRemoved, removedTo });
        throw error;
      }
    }
  }

  private removals(stream: string, head: StreamHead, keys: readonly Buffer[]): Promise<boolean>[] {
    const removals = keys.map((key) => this.database.blocks.remove(key));
    if (head.removed >= head.added) {
      removals.push(this.database.streams.put(stream, streamRecordOf(stream, head)));
    }
    return removals;
  }

  /** The next blocks to be removed, and what the head is to say then. */
  private pieceOf(stream: string, head: StreamHead, bounds: Bounds): Piece {
    const { checked, room } = this.database;
    let after: Removed = { removed: head.removed, bytesRemoved: head.bytesRemoved, removedTo: head.removedTo };
    const keys: Buffer[] = [];
    // Nobody knows how much a damaged block holds: it goes with the next whole one.
    let damaged: Buffer[] = [];
    let bytes = 0;
    const oldest = bounds.maxAge === Infinity ? -1n : BigInt(Math.max(0, Date.now() - bounds.maxAge));
    const most = room.piece;
    for (const { key, value, block } of checked.blocksOf(stream, head.number)) {
      bytes += value.length;
      if (!block) {
        damaged.push(key);
        continue;
      }
      const next = removedWith(head, block);
      const isOnDisk = compareParts(next.removedTo, head.committed) <= 0;
      if (!isOnDisk || !(next.removedTo.ms < oldest || isSpare(head, next, bounds))) break;
      keys.push(...damaged, key);
      damaged = [];
      after = next;
      if (keys.length >= most.blocks || bytes >= most.bytes) break;
    }
    if (keys.length > 0 && after.removed >= head.added) keys.push(...damaged);
    return { keys, bytes, after };
  }
}

type Removed = Pick<StreamHead, 'removed' | 'bytesRemoved' | 'removedTo'>;

interface Piece {
  readonly keys: readonly Buffer[];
  /** Bytes of the blocks. */
  readonly bytes: number;
  readonly after: Removed;
}

function isOver(head: StreamHead, { maxLength, maxBytes }: Bounds): boolean {
  const slack = Math.min(TRIM_SLACK, Math.ceil(maxLength / 10));
  return head.added - head.removed > maxLength + slack || head.bytesAdded - head.bytesRemoved > maxBytes;
}

/**
 * What is removed together with a block. It is counted from the beginning of the stream, since damaged blocks before it may
 * have held any number of entries.
 */
function removedWith({ added, bytesAdded }: StreamHead, block: StoredBlock): Removed {
  const { start, count, bytes } = block;
  return {
    removed: Math.min(added, start.addedBefore + count),
    bytesRemoved: Math.min(bytesAdded, start.bytesBefore + bytes),
    removedTo: block.idAt(count - 1),
  };
}

/** Whether what would be left fills the bounds. */
function isSpare(head: StreamHead, { removed, bytesRemoved }: Removed, { maxLength, maxBytes }: Bounds): boolean {
  return head.added - removed >= maxLength || head.bytesAdded - bytesRemoved >= maxBytes;
}
