import { FileHeldError, holdFolder } from '@millrace/files';
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
