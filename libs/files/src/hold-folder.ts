import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FileHeldError } from './file-held.error.js';
import { tryKernelLock } from './kernel-lock.js';
import { describeHolder } from './lock-holder.js';
import { makePrivateFolder } from './private-file.js';

/** Its lock counts, not its presence: it stays when the folder is free. */
const LOCK_FILE = 'process.lock';

/**
 * Claims a folder until it is given back or the process ends. The folder is made when it is not there.
 *
 * @returns gives the folder back
 * @throws FileHeldError naming who has it
 */
export function holdFolder(folder: string): () => void {
  makePrivateFolder(folder);
  const path = realpathSync(folder);
  const lock = join(path, LOCK_FILE);
  const release = tryKernelLock(lock);
  if (release) return release;
  const { text, isThisProcess } = describeHolder(lock);
  throw new FileHeldError(
    isThisProcess
      ? `The directory ${path} is in use by ${text}: another module or store of this application has opened it; let them share one, or give each a directory of its own`
      : `The directory ${path} is in use by ${text}; stop that one, or choose another directory`,
    path,
  );
}

/** Whether who held a folder last did not give it back: it was killed, or holds it still. */
export function wasLeftHeld(folder: string): boolean {
  return (statSync(join(folder, LOCK_FILE), { throwIfNoEntry: false })?.size ?? 0) > 0;
}
