import { FileHeldError, holdFolder, tryLockOf } from '@millrace/files';
import { StoreUnavailableError } from '../../api/store.errors.js';

/**
 * Claims a data directory for one store of one process: two writers would each hold a view of the streams' ends that the
 * other makes wrong.
 *
 * @returns gives the claim back
 * @throws StoreUnavailableError naming who holds it
 */
export function lockDirectory(directory: string): () => void {
  try {
    return holdFolder(directory);
  } catch (error) {
    if (error instanceof FileHeldError) throw new StoreUnavailableError(error.message, { cause: error });
    throw error;
  }
}

/**
 * Claims the data file itself: the lock of the directory is a file of its own, which people remove.
 *
 * @returns gives the claim back
 * @throws StoreUnavailableError when a process has it open
 */
export function lockDataFile(path: string): () => void {
  const release = tryLockOf(path);
  if (release) return release;
  throw new StoreUnavailableError(
    `The data file ${path} is in use by another process, whose process.lock beside it was removed; stop that process`,
  );
}
