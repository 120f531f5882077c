import { closeSync, existsSync, openSync, readFileSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StoreFullError, StoreUnavailableError } from '../../../api/store.errors.js';
import type { EmbeddedStoreSettings } from '../embedded.options.js';

const MIB = 1024 * 1024;
/** What a new data file takes, with its lock and its empty trees. */
const NEW_STORE_BYTES = 256 * 1024;
/** LMDB's table of readers, which it maps into memory: a page of it that the disk has no room for ends the process. */
const LOCK_BYTES = 3 * 4096;

/** Bytes that the disk of a directory has free. @throws StoreUnavailableError when it cannot be asked */
export function freeBytesOf(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch (error) {
    throw new StoreUnavailableError('The disk of the storage is out of reach; try again later', { cause: error });
  }
}

/** The sizes that keep a store from a full disk; by default they suit the size of the disk. */
export function roomSettings({ directory, reserve, headroom }: EmbeddedStoreSettings): {
  readonly reserve: number;
  readonly headroom: number;
} {
  const { blocks, bsize } = statfsSync(directory);
  const disk = blocks * bsize;
  return {
    reserve: reserve ?? Math.min(64 * MIB, Math.floor(disk / 16)),
    headroom: headroom ?? Math.min(32 * MIB, Math.floor(disk / 8)),
  };
}

/**
 * Sees to it that LMDB can open its files without asking the disk for room.
 *
 * @param path of the data file
 * @throws StoreFullError saying how much must be free
 */
export function prepareFiles(directory: string, path: string): void {
  const free = freeBytesOf(directory);
  const isNew = !existsSync(path) || statSync(path).size === 0;
  if (isNew && free < NEW_STORE_BYTES) throw noRoomToOpen(directory, NEW_STORE_BYTES, 'make a new store');
  const lock = join(directory, 'streams.mdb-lock');
  const table = existsSync(lock) ? readFileSync(lock) : Buffer.alloc(0);
  const held = Buffer.concat([table, Buffer.alloc(Math.max(0, LOCK_BYTES - table.length))]);
  const file = openSync(lock, existsSync(lock) ? 'r+' : 'w', 0o600);
  try {
    if (writeSync(file, held) < held.length) throw noRoomToOpen(directory, LOCK_BYTES, 'open the store');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
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
