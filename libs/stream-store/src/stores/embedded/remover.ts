import type { EmbeddedDatabase } from './embedded-database.js';
import { endKey, firstKey } from './blocks/block-key.js';
import { producerKeys } from './producers/producer-keys.js';
import { removalCost } from './room/write-cost.js';

/** Removes the blocks of deleted streams and what is known of their producers, in pieces. What a full disk or a killed process left over is removed later. */
export class Remover {
  /** Numbers of streams that are gone, whose blocks are still there. */
  private readonly left = new Set<number>();
  private isAtWork = false;

  constructor(private readonly database: EmbeddedDatabase) {}

  /** @throws StoreFullError or StoreUnavailableError when some are left for later */
  async remove(number: number): Promise<void> {
    this.left.add(number);
    for (;;) {
      if (this.database.isClosing) return;
      const piece = this.pieceOf(number);
      if (piece.keys.length === 0) break;
      await this.database.write('removal', removalCost(piece.keys.length, piece.bytes), () =>
        Promise.all(piece.keys.map((key) => this.database.blocks.remove(key))),
      );
    }
    for (;;) {
      if (this.database.isClosing) return;
      const keys = producerKeys(this.database.producers, number, this.database.room.piece.blocks);
      if (keys.length === 0) break;
      await this.database.write('removal', removalCost(keys.length, 0), () =>
        Promise.all(keys.map((key) => this.database.producers.remove(key))),
      );
    }
    this.left.delete(number);
    if (this.database.room.isScarce) await this.database.useFreedPages();
  }

  /** To be removed in the background. */
  later(numbers: Iterable<number>): void {
    for (const number of numbers) this.left.add(number);
    void this.goOn();
  }

  /** Tries again what is left. */
  async goOn(): Promise<void> {
    if (this.isAtWork) return;
    this.isAtWork = true;
    try {
      for (const number of this.left) await this.remove(number);
    } catch {
      // The next look at the disk tries again.
    } finally {
      this.isAtWork = false;
    }
  }

  private pieceOf(number: number): { readonly keys: readonly Buffer[]; readonly bytes: number } {
    const { blocks, room } = this.database;
    const keys: Buffer[] = [];
    let bytes = 0;
    const most = room.piece;
    for (const key of blocks.getKeys({ start: firstKey(number), end: endKey(number), limit: most.blocks })) {
      keys.push(key);
      if (room.isScarce) bytes += blocks.getBinaryFast(key)?.length ?? 0;
      if (bytes >= most.bytes) break;
    }
    return { keys, bytes };
  }
}
