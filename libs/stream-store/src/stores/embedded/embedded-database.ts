import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { EntryId, StreamMetadata } from '../../store/stream-entry.js';
import { endKey, firstKey } from './block-key.js';
import { lockDirectory } from './directory-lock.js';
import type { StreamRecord } from './stream-head.js';

/** The LMDB environment of one data directory. */
export class EmbeddedDatabase {
  readonly blocks: Database<Buffer, Buffer>;
  readonly streams: Database<StreamRecord, string>;
  readonly metadata: Database<StreamMetadata, string>;
  readonly positions: Database<EntryId, string>;
  private readonly root: RootDatabase;
  private readonly unlock: () => void;

  constructor(private readonly directory: string) {
    this.unlock = lockDirectory(directory);
    try {
      // Without overlappingSync a commit is reported only when its data and then its meta page are on disk.
      this.root = open({ path: join(directory, 'streams.mdb'), overlappingSync: false, maxDbs: 8 });
      this.blocks = this.root.openDB({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary' });
      this.streams = this.root.openDB({ name: 'streams', encoding: 'json' });
      this.metadata = this.root.openDB({ name: 'metadata', encoding: 'json' });
      this.positions = this.root.openDB({ name: 'positions', encoding: 'json' });
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

  /** Room on the disk that the data lie on. */
  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }

  async close(): Promise<void> {
    await this.root.close();
    this.unlock();
  }
}
