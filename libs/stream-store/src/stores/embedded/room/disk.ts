import { closeSync, openSync, readFileSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDiskFull, makePrivateFile, withFile } from '@millrace/files';
import { StoreFullError, StoreUnavailableError } from '../../../api/store.errors.js';
import type { EmbeddedStoreSettings } from '../embedded.options.js';
import { withFiles } from '../storage-error.js';

const MIB = 1024 * 1024;
/** What a new data file takes, with its lock and its empty trees. */
const NEW_STORE_BYTES = 256 * 1024;
/** LMDB's table of readers, which it maps into memory: a page of it that the disk has no room for ends the process. */
const LOCK_BYTES = 3 * 4096;

/** What a disk has, in bytes. */
export interface Disk {
  readonly size: number;
  readonly free: number;
}

/** A file system without a size has no bound of its own, or does not know it. */
function diskOf(directory: string): Disk {
  const { blocks, bavail, bsize } = statfsSync(directory);
  return blocks === 0 ? { size: Infinity, free: Infinity } : { size: blocks * bsize, free: bavail * bsize };
}

/** Bytes that the disk of a directory has free. @throws StoreUnavailableError when it cannot be asked */
export function freeBytesOf(directory: string): number {
  return reachedDisk(directory).free;
}

/** What the disk of a directory has. @throws StoreUnavailableError when it cannot be asked */
export function reachedDisk(directory: string): Disk {
  try {
    return diskOf(directory);
  } catch (error) {
    throw new StoreUnavailableError('The disk of the storage is out of reach; try again later', { cause: error });
  }
}

/** The sizes that keep a store from a full disk; by default they suit the size of the disk. */
export function roomSettings({ directory, reserve, headroom }: EmbeddedStoreSettings): {
  readonly reserve: number;
  readonly headroom: number;
} {
  const { size } = diskOf(directory);
  return {
    reserve: reserve ?? Math.min(64 * MIB, Math.floor(size / 16)),
    headroom: headroom ?? Math.min(32 * MIB, Math.floor(size / 8)),
  };
}

/**
 * Makes the files of LMDB, which would let everybody read them, and sees to it that they can be opened without asking the
 * disk for room.
 *
 * @param path of the data file
 * @throws StoreFullError saying how much must be free; StoreUnavailableError saying why they cannot be used
 */
export function prepareFiles(path: string): void {
  const directory = dirname(path);
  const lock = `${path}-lock`;
  withFiles(() => {
    for (const file of [path, lock]) makePrivateFile(file);
  });
  if (statSync(path).size === 0 && freeBytesOf(directory) < NEW_STORE_BYTES)
    throw noRoomToOpen(directory, NEW_STORE_BYTES, 'make a new store');
  const table = withFiles(() => withFile(lock, () => readFileSync(lock)));
  const held = Buffer.concat([table, Buffer.alloc(Math.max(0, LOCK_BYTES - table.length))]);
  const file = openSync(lock, 'r+');
  try {
    if (writeSync(file, held) < held.length) throw noRoomToOpen(directory, LOCK_BYTES, 'open the store');
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    throw noRoomToOpen(directory, LOCK_BYTES, 'open the store');
  } finally {
    closeSync(file);
  }
}

function noRoomToOpen(directory: string, bytes: number, what: string): StoreFullError {
  return new StoreFullError(
    `The disk of ${directory} is full: ${bytes / 1024} KiB are needed to ${what}, ` +
      `${Math.floor(freeBytesOf(directory) / 1024)} KiB are free. Free the disk, or choose another directory`,
  );
}
