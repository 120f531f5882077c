import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makePrivateFile } from '@millrace/files';
import { open } from 'lmdb';
import type { PageFile } from '../pages/page-file.js';
import type { Salvage } from './salvage.js';

/** Records of one transaction. */
const BATCH = 500;

/**
 * Writes what was salvaged into a new file, and puts that in the place of the damaged one, which stays beside it.
 *
 * @returns the name of the damaged file from now on
 */
export async function writeAnew(
  file: PageFile,
  { blocks, records }: Salvage,
  progress: (share: number) => void,
): Promise<string> {
  const fresh = `${file.path}.repaired`;
  const lock = `${fresh}-lock`;
  for (const left of [fresh, lock]) rmSync(left, { force: true });
  makePrivateFile(fresh);
  const root = open({ path: fresh, overlappingSync: false, maxDbs: 8 });
  try {
    const table = (name: string) => root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
    for (const [name, found] of records) {
      const target = table(name);
      root.transactionSync(() => found.forEach((value, key) => void target.putSync(Buffer.from(key, 'hex'), value)));
    }
    const target = table('blocks');
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
  } finally {
    await root.close();
  }
  rmSync(lock, { force: true });
  const damaged = `${file.path}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  renameSync(file.path, damaged);
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
