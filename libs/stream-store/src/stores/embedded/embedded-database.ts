import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { makePrivateFile } from '@millrace/files';
import type { EntryId, StreamMetadata } from '@millrace/protocol';
import { endKey, firstKey } from './block.js';
import { lockDirectory } from './directory-lock.js';
import { storageError } from './storage-error.js';

/** Address space, not memory or disk: the map grows by itself when it is full, but every growth stops the writers. */
const MAP_BYTES = 16 * 1024 ** 3;

/** What is stored of a stream beside its blocks, under its name. */
export interface StreamRecord {
  readonly number: number;
  /** State of an emptied stream, whose blocks can no longer tell it. */
  readonly last?: string;
  readonly added?: number;
  readonly bytesAdded?: number;
}

/** The LMDB environment of one data directory. */
export class EmbeddedDatabase {
  readonly blocks: Database<Buffer, Buffer>;
  readonly streams: Database<StreamRecord, string>;
  readonly metadata: Database<StreamMetadata, string>;
  readonly positions: Database<EntryId, string>;
  /** Where deleted streams ended. */
  readonly floors: Database<EntryId, string>;
  private readonly root: RootDatabase;
  private readonly unlock: () => void;
  private readonly writes = new Set<Promise<unknown>>();
  private guarding = false;

  constructor(private readonly directory: string) {
    this.unlock = lockDirectory(directory);
    try {
      const path = join(directory, 'streams.mdb');
      // LMDB lets everybody read the files that it makes.
      for (const file of [path, `${path}-lock`]) makePrivateFile(file);
      // Without overlappingSync a commit is reported only when its data and then its meta page are on disk.
      this.root = open({ path, overlappingSync: false, maxDbs: 8, mapSize: MAP_BYTES });
      this.blocks = this.root.openDB({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary' });
      this.streams = this.root.openDB({ name: 'streams', encoding: 'json' });
      this.metadata = this.root.openDB({ name: 'metadata', encoding: 'json' });
      this.positions = this.root.openDB({ name: 'positions', encoding: 'json' });
      this.floors = this.root.openDB({ name: 'floors', encoding: 'json' });
    } catch (error) {
      this.unlock();
      throw error;
    }
  }

  /** Removes every block under a stream's number. */
  async removeBlocks(number: number): Promise<void> {
    const removals: Promise<boolean>[] = [];
    for (const key of this.blocks.getKeys({ start: firstKey(number), end: endKey(number) }))
      removals.push(this.blocks.remove(key));
    await Promise.all(removals);
  }

  /** Waits for a write. @throws StoreFullError or StoreUnavailableError for what the storage reports */
  async done<T>(write: Promise<T>): Promise<T> {
    this.writes.add(write);
    this.guardBatch();
    try {
      return await write;
    } catch (error) {
      throw await storageError(error, () => this.freeBytes());
    } finally {
      this.writes.delete(write);
    }
  }

  /** Resolves when the writes that are under way now have ended, whichever way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.writes);
  }

  /**
   * To be called after writes that {@link done} does not wait for: LMDB ends the batch of each turn of the event loop with a
   * promise of its own, and when the disk is full its rejection, which is not handled, would end the process.
   */
  guardBatch(): void {
    if (this.guarding) return;
    this.guarding = true;
    // Runs behind LMDB's own task, which was queued by the first write of the turn.
    setImmediate(() => {
      this.guarding = false;
      this.takeRejection();
      // A batch may end a turn later when another was being written.
      setImmediate(() => this.takeRejection());
    });
  }

  async close(): Promise<void> {
    await this.root.close();
    this.unlock();
  }

  /** The callers that wait for the writes have promises of their own. */
  private takeRejection(): void {
    this.root.committed.then(undefined, () => undefined);
  }

  /** Room on the disk that the data lie on. */
  private freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }
}
