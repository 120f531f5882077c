import { holdFolder } from '@millrace/files';
import { DATA_FILE } from './data-file.js';
import { withFiles } from './storage-error.js';

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
