import type { EmbeddedDatabase } from './embedded-database.js';
import { storageError } from './storage-error.js';

/** The writes of a store that are not on disk yet. */
export class PendingWrites {
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly database: EmbeddedDatabase) {}

  /** Waits for a write. @throws StoreFullError or StoreUnavailableError for what the storage reports */
  async done<T>(write: Promise<T>): Promise<T> {
    this.underWay.add(write);
    this.database.guardBatch();
    try {
      return await write;
    } catch (error) {
      throw await storageError(error, () => this.database.freeBytes());
    } finally {
      this.underWay.delete(write);
    }
  }

  /** Resolves when the writes that are under way now have ended, whichever way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.underWay);
  }
}
