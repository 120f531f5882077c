import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { makePrivateFile } from '@millrace/files';
import { open, type RootDatabase } from 'lmdb';
import { StoreFullError } from '../../../api/store.errors.js';
import { BLOCKS } from '../data-file.js';
import { PageFile } from '../pages/page-file.js';
import { freeBytesOf } from '../room/disk.js';
import { HeldFile } from '../room/held-file.js';
import type { Salvage } from './salvage.js';

/** Records of one transaction. */
const BATCH = 500;
/** What the pages that lead to the others may take, and those that a transaction writes anew. */
const SPARE_BYTES = 4 * 1024 * 1024;

/**
 * Writes what was salvaged into a new file, and puts that in the place of the damaged one, which stays beside it.
 *
 * @returns the name of the damaged file from now on
 * @throws StoreFullError when there is no room for the new file; nothing is changed then
 */
export async function writeAnew(file: PageFile, found: Salvage, progress: (share: number) => void): Promise<string> {
  const fresh = `${file.path}.repaired`;
  const removeDraft = (): void => [fresh, `${fresh}-lock`].forEach((left) => rmSync(left, { force: true }));
  removeDraft();
  try {
    await writeDraft(file, found, fresh, progress);
  } catch (error) {
    removeDraft();
    throw error;
  }
  rmSync(`${fresh}-lock`, { force: true });
  const damaged = `${file.path}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  try {
    // At no moment is there no file: a server would begin with an empty one.
    linkSync(file.path, damaged);
  } catch {
    // There are file systems without links.
    renameSync(file.path, damaged);
  }
  renameSync(fresh, file.path);
  // The readers' table of the damaged file.
  rmSync(`${file.path}-lock`, { force: true });
  const directory = openSync(dirname(file.path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
  return damaged;
}

async function writeDraft(
  file: PageFile,
  found: Salvage,
  fresh: string,
  progress: (share: number) => void,
): Promise<void> {
  const needed = bytesOf(found, file.pageSize);
  assertRoom(fresh, needed, freeBytesOf(dirname(fresh)));
  for (const made of [fresh, `${fresh}-lock`]) makePrivateFile(made);
  const root = open({ path: fresh, overlappingSync: false, maxDbs: 16 });
  try {
    // LMDB must not meet a full disk, which others may be filling: the room is taken before it needs it.
    const held = new HeldFile(fresh);
    held.grow(needed);
    const { size } = held;
    held.close();
    assertRoom(fresh, needed, size);
    writeTables(root, file, found, progress);
  } finally {
    await root.close();
  }
  const draft = new PageFile(fresh);
  const [newest] = draft.byAge;
  draft.close();
  if (newest) truncateSync(fresh, (newest.lastPage + 1) * draft.pageSize);
}

function writeTables(
  root: RootDatabase,
  file: PageFile,
  { blocks, records }: Salvage,
  progress: (share: number) => void,
): void {
  const table = (name: string) => root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
  for (const [name, found] of records) {
    const target = table(name);
    root.transactionSync(() => found.forEach((value, key) => void target.putSync(Buffer.from(key, 'hex'), value)));
  }
  const target = table(BLOCKS);
  // In their order, so that pages are filled one after another.
  const keys = [...blocks.keys()].sort();
  for (let from = 0; from < keys.length; from += BATCH) {
    root.transactionSync(() => {
      for (const key of keys.slice(from, from + BATCH)) {
        const node = blocks.get(key);
        const value = node && file.readValue(node);
        if (value) target.putSync(node.key, value);
      }
    });
    progress(from / keys.length);
  }
}

/** What the new file takes at the most: keys fill half of their pages at least, and large values have pages of their own. */
function bytesOf({ blocks, records }: Salvage, pageSize: number): number {
  let bytes = SPARE_BYTES;
  for (const { key, bytes: size } of blocks.values())
    bytes += size > pageSize / 4 ? (Math.ceil((size + key.length) / pageSize) + 1) * pageSize : 2 * (size + key.length);
  for (const found of records.values())
    for (const [key, value] of found)
      bytes += 2 * (key.length + value.length) + (value.length > pageSize / 4 ? pageSize : 0);
  return bytes;
}

function assertRoom(fresh: string, needed: number, bytes: number): void {
  if (bytes >= needed) return;
  const mib = (size: number): string => (size / 1024 / 1024).toFixed(1);
  throw new StoreFullError(
    `The disk of ${dirname(fresh)} has no room for the repaired file: ${mib(needed)} MiB are needed at the most, and ${mib(bytes)} are free. ` +
      'Nothing was changed; free the disk, or copy the directory to another one and repair that',
  );
}
