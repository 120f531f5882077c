import { join } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { EntryId, StreamMetadata } from '@millrace/protocol';
import { StoreFullError, StoreUnavailableError } from '../../api/store.errors.js';
import { CheckedBlocks } from './blocks/checked-blocks.js';
import { DamageLog } from './damage-log.js';
import { assertWhole, BLOCKS, DATA_FILE } from './data-file.js';
import { lockDirectory } from './directory-lock.js';
import { type Disk, freeBytesOf, prepareFiles, reachedDisk, roomSettings } from './room/disk.js';
import type { EmbeddedStoreSettings } from './embedded.options.js';
import { filePages, unusedBytes } from './room/file-pages.js';
import { HeldFile } from './room/held-file.js';
import { Room, type RoomUse } from './room/room.js';
import type { AsideRecord, GroupRecord } from '../groups/group-record.js';
import { CheckedRecords, type ProducerRecord, type StreamRecord } from './records.js';
import { openingError, storageError } from './storage-error.js';
import { recordCost, type WriteCost } from './room/write-cost.js';

/** Address space, not memory or disk: the map grows by itself when it is full, but every growth stops the writers. */
const MAP_BYTES = 16 * 1024 ** 3;
/** A record that is written to no other end than a commit. */
const CHECK_KEY = 'check';

/** The disk, and the bytes that entries leave free on it. */
export interface DiskState extends Disk {
  readonly reserve: number;
}

interface Encodings {
  readonly encoding: 'binary' | 'json';
  readonly keyEncoding?: 'binary';
}

/** The LMDB environment of one data directory. */
export class EmbeddedDatabase {
  readonly blocks: Database<Buffer, Buffer>;
  /** Reads the blocks. */
  readonly checked: CheckedBlocks;
  readonly streams: Database<StreamRecord, string>;
  readonly metadata: Database<StreamMetadata, string>;
  readonly positions: Database<EntryId, string>;
  readonly groups: Database<GroupRecord, string>;
  /** What groups have set aside. */
  readonly aside: Database<AsideRecord, string>;
  /** Where deleted streams ended. */
  readonly floors: Database<EntryId, string>;
  readonly room: Room;
  /** Reads the records. */
  readonly records: CheckedRecords;
  /** Who made a stream, or its metadata, where that was not the host. */
  readonly owners: Database<string, string>;
  /** What the producers of each stream have stored. */
  readonly producers: Database<ProducerRecord, string>;
  /** The data file. */
  readonly path: string;
  private readonly root!: RootDatabase;
  private readonly file: HeldFile;
  private readonly unlock: ReturnType<typeof lockDirectory>;
  private reserve = 0;
  private isOutOfPlace = false;
  private readonly trees: Database[] = [];
  private readonly writes = new Set<Promise<unknown>>();
  private guarding = false;
  private closing = false;

  constructor(private readonly settings: EmbeddedStoreSettings) {
    const { directory } = settings;
    const path = (this.path = join(directory, DATA_FILE));
    this.unlock = lockDirectory(directory);
    try {
      prepareFiles(path);
      assertWhole(path, this.unlock.wasLeftHeld);
      // Without overlappingSync a commit is reported only when its data and then its meta page are on disk.
      this.root = open({ path, overlappingSync: false, maxDbs: 16, mapSize: MAP_BYTES });
      this.file = new HeldFile(path);
      this.room = this.openRoom(settings);
      this.blocks = this.openTree(BLOCKS, { encoding: 'binary', keyEncoding: 'binary' });
      this.checked = new CheckedBlocks(this.blocks, new DamageLog(path));
      this.streams = this.openTree('streams', { encoding: 'json' });
      this.metadata = this.openTree('metadata', { encoding: 'json' });
      this.positions = this.openTree('positions', { encoding: 'json' });
      this.groups = this.openTree('groups', { encoding: 'json' });
      this.aside = this.openTree('aside', { encoding: 'json' });
      this.floors = this.openTree('floors', { encoding: 'json' });
      this.owners = this.openTree('owners', { encoding: 'json' });
      this.producers = this.openTree('producers', { encoding: 'json' });
      this.records = new CheckedRecords(this, this.checked.damage);
      this.room.look();
    } catch (error) {
      void (this.root as RootDatabase | undefined)?.close();
      this.unlock();
      throw openingError(error, path);
    }
  }

  /**
   * Makes a write for which there is room, and waits until it is on disk. Where there is room, the work begins before this
   * returns: callers work out from what is there what is to be written. A removal that has to wait for room looks again.
   *
   * @throws StoreFullError, before anything is done, when there is none; and as {@link done}
   */
  async write<T>(use: RoomUse, cost: WriteCost, work: () => Promise<T>): Promise<T> {
    if (this.closing) throw new StoreUnavailableError('The storage is closed: the application is ending');
    const release = this.claim(use, cost) ?? (await this.claimInTurn(use, cost));
    try {
      return await this.done(work());
    } finally {
      release();
    }
  }

  /** @returns whether writes were refused since the last look at the disk */
  look(): boolean {
    try {
      return this.room.look();
    } catch {
      // A disk that is out of reach: the next write reports it.
      return false;
    }
  }

  get directory(): string {
    return this.settings.directory;
  }

  /** What the disk has now. @throws StoreUnavailableError when it cannot be asked */
  get disk(): DiskState {
    return { ...reachedDisk(this.directory), reserve: this.reserve };
  }

  /** Makes a commit and waits for it. */
  async commit(use: RoomUse): Promise<void> {
    const now = String(Date.now());
    await this.write(use, recordCost(now), () => this.positions.put(CHECK_KEY, now));
  }

  /** LMDB uses the pages that a commit made free in the second commit behind it. */
  async useFreedPages(): Promise<void> {
    try {
      for (let commits = 0; commits < 2; commits += 1) await this.commit('removal');
    } catch {
      // They become usable by the commits of others.
    }
  }

  /** Waits for a write. @throws StoreFullError or StoreUnavailableError for what the storage reports */
  async done<T>(write: Promise<T>): Promise<T> {
    this.writes.add(write);
    this.guardBatch();
    try {
      return await write;
    } catch (error) {
      throw await storageError(error, this.path, () => freeBytesOf(this.settings.directory));
    } finally {
      this.writes.delete(write);
    }
  }

  /** Resolves when the writes that are under way now have ended, whichever way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.writes);
  }

  /** Whether what goes on in the background has to end: LMDB must not be read from here on. */
  get isClosing(): boolean {
    return this.closing;
  }

  /** Waits for the writes under way. */
  async close(): Promise<void> {
    this.closing = true;
    await this.settled();
    await this.root.close();
    this.file.close();
    this.unlock();
  }

  /** Many removals at once may need more than a full disk has, one after another they do not. */
  private async claimInTurn(use: RoomUse, cost: WriteCost): Promise<() => void> {
    for (;;) {
      await this.settled();
      await pause();
      const release = this.claim(use, cost);
      if (release) return release;
    }
  }

  /** Undefined for a removal that has room only when other writes have ended. */
  private claim(use: RoomUse, cost: WriteCost): (() => void) | undefined {
    try {
      return this.room.claim(cost, use);
    } catch (error) {
      if (use !== 'removal' || this.room.isFree) throw error;
      return undefined;
    }
  }

  /** Opens a tree. A new store, or one of an earlier release, makes it by that, for which there has to be room. */
  private openTree<Value, Key extends Buffer | string>(name: string, encodings: Encodings): Database<Value, Key> {
    const tree = this.hasRoomFor(recordCost(name))
      ? this.root.openDB<Value, Key>({ name, ...encodings })
      : this.openExisting<Value, Key>(name, encodings);
    this.trees.push(tree);
    return tree;
  }

  private openExisting<Value, Key extends Buffer | string>(name: string, encodings: Encodings): Database<Value, Key> {
    const options = { name, ...encodings, create: false };
    try {
      return this.root.openDB<Value, Key>(options);
    } catch (error) {
      throw new StoreFullError(`The disk of ${this.settings.directory} is full; free some of it to start`, {
        cause: error,
      });
    }
  }

  private hasRoomFor(cost: WriteCost): boolean {
    try {
      this.room.claim(cost, 'state')();
      return true;
    } catch (error) {
      if (error instanceof StoreFullError) return false;
      throw error;
    }
  }

  private openRoom(settings: EmbeddedStoreSettings): Room {
    const { root, file, trees } = this;
    const { directory } = settings;
    const storage = {
      file,
      isOpen: () => !this.closing,
      freeBytes: () => {
        this.assertInPlace();
        return freeBytesOf(directory);
      },
      pages: () => filePages(root, trees),
      unusedBytes: () => unusedBytes(root, trees),
      whileQuiet: (work: () => void) => root.transactionSync(work),
    };
    const sizes = roomSettings(settings);
    this.reserve = sizes.reserve;
    return new Room(storage, sizes);
  }

  /** @throws StoreUnavailableError when the data file was taken away: what is stored would be gone with this process */
  private assertInPlace(): void {
    const was = this.isOutOfPlace;
    this.isOutOfPlace = !this.file.isInPlace;
    if (!this.isOutOfPlace) return;
    const text = `The data file ${this.path} was moved, removed or replaced while it is in use, so nothing is stored; put it back, or start the server anew`;
    if (!was) new Logger('EmbeddedStore').error(text);
    throw new StoreUnavailableError(text);
  }

  /**
   * LMDB ends the batch of each turn of the event loop with a promise of its own. When a commit fails, its rejection, which
   * is not handled, would end the process.
   */
  private guardBatch(): void {
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

  /** The callers that wait for the writes have promises of their own. */
  private takeRejection(): void {
    this.root.committed.then(undefined, () => undefined);
  }
}
