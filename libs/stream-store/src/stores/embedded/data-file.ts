import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { thrownText } from '@millrace/protocol';
import { StoreUnavailableError } from '../../api/store.errors.js';
import type { MetaPage } from './pages/meta-page.js';
import { PageFile } from './pages/page-file.js';
import { TableWalk } from './pages/table-walk.js';

/** Name of the data file in its directory. */
export const DATA_FILE = 'streams.mdb';
/** Name of the table of blocks. */
export const BLOCKS = 'blocks';

/** Bytes of pages that one commit takes at the end and gives back unwritten, at the most; for more the disk would be asked in vain. */
const MOST_UNWRITTEN = 256 * 1024 * 1024;

/** How long a start looks at pages: a file with gigabytes of small entries has many. */
const LOOK_MS = 5000;

/** What to do about damage. */
export function repairAdvice(file: string): string {
  return `Stop the server and run "millrace repair ${dirname(file)}": it keeps all that is readable, and says what is not`;
}

/**
 * Looks whether a data file can be opened without harm: LMDB maps it into memory, and a page that is missing or leads astray
 * can end the process by a signal, or keep it busy forever. A file that is not there or has no bytes is a new one.
 *
 * @param wasKilled whether the last process may have been ended by such a page: then all pages with keys are looked at
 * @throws StoreUnavailableError that says what is wrong and what to do
 */
export function assertWhole(path: string, wasKilled: boolean): void {
  if (!existsSync(path)) return;
  const file = openDataFile(path);
  try {
    const fault = dataFileFault(file) ?? pagesFault(file, wasKilled);
    if (fault) throw new StoreUnavailableError(`The data file ${path} ${fault}. ${repairAdvice(path)}`);
  } finally {
    file.close();
  }
}

/** @throws StoreUnavailableError when it cannot be read */
export function openDataFile(path: string): PageFile {
  try {
    return new PageFile(path);
  } catch (error) {
    throw new StoreUnavailableError(
      `The data file ${path} cannot be read (${thrownText(error)}); it must be a file that the user of this process may read and write`,
      { cause: error },
    );
  }
}

/** What keeps a file from being opened, as far as its size and the pages that it begins with tell. */
export function dataFileFault(file: PageFile): string | undefined {
  if (file.size === 0) return undefined;
  const [first, second] = file.metas;
  if (!first && !second) return 'is damaged: neither of the two pages that it begins with is one of LMDB';
  if (!first || !second)
    return `is damaged: the ${first ? 'second' : 'first'} of the two pages that it begins with is not one of LMDB`;
  const [newest, older] = file.byAge as [MetaPage, MetaPage];
  // Commits are written to the two in turn.
  const isInTurn = first.transaction % 2n === 0n && (second.transaction % 2n === 1n || second.transaction === 0n);
  const isNext = older.transaction === 0n || newest.transaction === older.transaction + 1n;
  if (!isInTurn || !isNext || newest.lastPage < older.lastPage)
    return 'is damaged: the two pages that it begins with contradict each other';
  if (file.size >= (newest.lastPage + 1) * file.pageSize) return undefined;
  // Pages at the end that were free at the last commit may never have been written.
  const wanted = (new TableWalk(file, newest, { keeps: false }).lastUsed + 1) * file.pageSize;
  if (file.size >= wanted) {
    const isNear = newest.lastPage * file.pageSize <= file.size + MOST_UNWRITTEN;
    return isNear ? undefined : 'is damaged: it begins with a page that says of far more pages that they are in use';
  }
  const missing = wanted - file.size;
  return `has been cut: it has ${file.size} bytes, and ${missing} more (${Math.ceil(missing / file.pageSize)} pages) are in use`;
}

/** What is wrong with the pages that lead to the data. Those of the blocks are many. */
function pagesFault(file: PageFile, withBlocks: boolean): string | undefined {
  const [newest] = file.byAge;
  if (!newest) return undefined;
  const walk = new TableWalk(file, newest, {
    keeps: false,
    into: (table) => withBlocks || table !== BLOCKS,
    patience: LOOK_MS,
  });
  if (walk.isBroken) return 'is damaged: the list of tables or that of free pages is damaged';
  for (const [name, { isBroken }] of walk.tables)
    if (isBroken) return `is damaged: pages of the table "${name}" are damaged or missing`;
  return undefined;
}
