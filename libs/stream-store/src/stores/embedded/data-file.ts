import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreUnavailableError } from '../../api/store.errors.js';
import { PageFile } from './pages/page-file.js';
import { TableWalk } from './pages/table-walk.js';

/** Name of the data file in its directory. */
export const DATA_FILE = 'streams.mdb';

/** What to do about damage. */
export function repairAdvice(file: string): string {
  return `Stop the server and run "millrace repair ${dirname(file)}": it keeps all that is readable, and says what is not`;
}

/**
 * Looks whether a data file can be opened without harm: LMDB maps it into memory, and to read a page that is missing at
 * its end is a signal that ends the process. A file that is not there or has no bytes is a new one.
 *
 * @throws StoreUnavailableError that says what is wrong and what to do
 */
export function assertWhole(path: string): void {
  if (!existsSync(path)) return;
  const file = new PageFile(path);
  try {
    const fault = dataFileFault(file);
    if (fault) throw new StoreUnavailableError(`The data file ${path} ${fault}. ${repairAdvice(path)}`);
  } finally {
    file.close();
  }
}

/** What keeps a file from being opened. */
export function dataFileFault(file: PageFile): string | undefined {
  if (file.size === 0) return undefined;
  const [first, second] = file.metas;
  if (!first && !second) return 'is damaged: neither of the two pages that it begins with is one of LMDB';
  if (!first || !second)
    return `is damaged: the ${first ? 'second' : 'first'} of the two pages that it begins with is not one of LMDB`;
  const [newest] = file.byAge;
  if (!newest || file.size >= (newest.lastPage + 1) * file.pageSize) return undefined;
  // Pages at the end that were free at the last commit may never have been written.
  const wanted = (new TableWalk(file, newest).lastUsed + 1) * file.pageSize;
  if (file.size >= wanted) return undefined;
  const missing = wanted - file.size;
  return `has been cut: it has ${file.size} bytes, and ${missing} more (${Math.ceil(missing / file.pageSize)} pages) are in use`;
}
