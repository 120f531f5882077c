import { join } from 'node:path';
import { FileHeldError, holdFolder } from '@millrace/files';
import { StoreUnavailableError } from '../../api/store.errors.js';
import { DATA_FILE } from './data-file.js';
import { openingError } from './storage-error.js';

/**
 * Claims a data directory for one store of one process: two writers would each hold a view of the streams' ends that the
 * other makes wrong.
 *
 * @returns gives the claim back
 * @throws StoreUnavailableError naming who holds it, or why it cannot be held
 */
export function lockDirectory(directory: string): ReturnType<typeof holdFolder> {
  try {
    return holdFolder(directory, DATA_FILE);
  } catch (error) {
    if (error instanceof FileHeldError) throw new StoreUnavailableError(error.message, { cause: error });
    // What it says else is of files.
    throw (error as NodeJS.ErrnoException).syscall === undefined
      ? error
      : openingError(error, join(directory, DATA_FILE));
  }
}
