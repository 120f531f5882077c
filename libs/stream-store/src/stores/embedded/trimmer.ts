import { compareParts, formatId } from '@millrace/protocol';
import { type Bounds, TRIM_SLACK } from '../bounds.js';
import { endKey, firstKey, readBlock, type StoredBlock } from './block.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import type { StreamHead } from './head-table.js';

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

  private start(stream: string, head: StreamHead, bounds: Bounds): void {
    if (this.busy.has(head)) return;
    const { removed, bytesRemoved, removedTo } = head;
    const removals = this.removeBlocks(stream, head, bounds);
    if (removals.length === 0) return;
    this.busy.add(head);
    this.database.guardBatch();
    Promise.all(removals)
      // A full disk: the blocks are still there, and a later trim takes them.
      .catch(() => Object.assign(head, { removed, bytesRemoved, removedTo }))
      .finally(() => this.busy.delete(head));
  }

  private removeBlocks(stream: string, head: StreamHead, bounds: Bounds): Promise<boolean>[] {
    const removals: Promise<boolean>[] = [];
    const oldest = bounds.maxAge === Infinity ? -1n : BigInt(Math.max(0, Date.now() - bounds.maxAge));
    const range = { start: firstKey(head.number), end: endKey(head.number) };
    for (const { key, value } of this.database.blocks.getRange(range)) {
      const block = readBlock(key, value);
      const last = block.idAt(block.count - 1);
      const isOnDisk = compareParts(last, head.committed) <= 0;
      if (!isOnDisk || !(last.ms < oldest || isSpare(head, block, bounds))) break;
      removals.push(this.database.blocks.remove(key));
      head.removed += block.count;
      head.bytesRemoved += block.bytes;
      head.removedTo = last;
    }
    if (removals.length > 0 && head.removed >= head.added) {
      // An emptied stream has no block to tell its state.
      const { number, last, added, bytesAdded } = head;
      removals.push(this.database.streams.put(stream, { number, last: formatId(last), added, bytesAdded }));
    }
    return removals;
  }
}

function isOver(head: StreamHead, { maxLength, maxBytes }: Bounds): boolean {
  const slack = Math.min(TRIM_SLACK, Math.ceil(maxLength / 10));
  return head.added - head.removed > maxLength + slack || head.bytesAdded - head.bytesRemoved > maxBytes;
}

/** Whether what lies behind the first block fills the bounds. */
function isSpare(head: StreamHead, block: StoredBlock, { maxLength, maxBytes }: Bounds): boolean {
  const length = head.added - head.removed - block.count;
  return length >= maxLength || head.bytesAdded - head.bytesRemoved - block.bytes >= maxBytes;
}
