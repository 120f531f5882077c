import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { withFile } from './file-access.error.js';
import { FileHeldError } from './file-held.error.js';
import { tryKernelLock, tryLockOf } from './kernel-lock.js';
import { describeHolder } from './lock-holder.js';
import { makePrivateFolder } from './private-file.js';

/** Its lock counts, not its presence: it stays when the folder is free. */
const LOCK_FILE = 'process.lock';

/** Gives a folder back. */
interface Release {
  (): void;
  /** Whether who held it last did not give it back: it was killed. */
  readonly wasLeftHeld: boolean;
}

/**
 * Claims a folder until it is given back or the process ends. The folder is made when it is not there.
 *
 * @param file name of a file in it that is locked too, and made when it is not there: people remove lock files
 * @returns gives the folder back
 * @throws FileHeldError naming who has it
 */
export function holdFolder(folder: string, file?: string): Release {
  makePrivateFolder(folder);
  const path = withFile(folder, () => realpathSync(folder));
  const lock = join(path, LOCK_FILE);
  const wasLeftHeld = (withFile(lock, () => lstatSync(lock, { throwIfNoEntry: false }))?.size ?? 0) > 0;
  const release = tryKernelLock(lock);
  if (release) {
    try {
      const releaseFile = file === undefined ? () => undefined : holdFile(join(path, file));
      return Object.assign(() => [releaseFile, release].forEach((give) => give()), { wasLeftHeld });
    } catch (error) {
      release();
      throw error;
    }
  }
  const { text, isThisProcess } = describeHolder(lock);
  throw new FileHeldError(
    isThisProcess
      ? `The directory ${path} is in use by ${text}: another module or store of this application has opened it; let them share one, or give each a directory of its own`
      : `The directory ${path} is in use by ${text}; stop that one, or choose another directory`,
    path,
  );
}

function holdFile(path: string): () => void {
  const release = tryLockOf(path);
  if (release) return release;
  const text = `The file ${path} is in use by a process whose ${LOCK_FILE} beside it was removed, or by way of another directory; stop that process, or choose another directory`;
  throw new FileHeldError(text, path);
}
