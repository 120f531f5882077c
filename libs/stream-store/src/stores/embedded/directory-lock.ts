import { FileAccessError, FileHeldError, holdFolder, isDiskFull } from '@millrace/files';
import { StoreFullError, StoreUnavailableError } from '../../api/store.errors.js';
import { DATA_FILE } from './data-file.js';

/**
 * Claims a data directory for one store of one process: two writers would each hold a view of the streams' ends that the
 * other makes wrong.
 *
 * @returns gives the claim back
 * @throws StoreUnavailableError naming who holds it, or why it cannot be used; StoreFullError when there is no room for a lock
 */
export function lockDirectory(directory: string): ReturnType<typeof holdFolder> {
  return withFiles(() => holdFolder(directory, DATA_FILE));
}

/** Does something with files of the storage. @throws StoreUnavailableError or StoreFullError for what the system reports */
export function withFiles<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileAccessError && isDiskFull(error))
      throw new StoreFullError(error.message, { cause: error });
    if (error instanceof FileAccessError || error instanceof FileHeldError)
      throw new StoreUnavailableError(error.message, { cause: error });
    throw error;
  }
}
