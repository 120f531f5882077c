import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FileHeldError } from './file-held.error.js';
import { tryKernelLock } from './kernel-lock.js';
import { describeHolder } from './lock-holder.js';
import { makePrivateFolder, withoutLinks, writePrivateFile } from './private-file.js';

/** Work under a lock takes milliseconds. */
const PATIENCE_MS = 30_000;
const MIN_PAUSE_MS = 2;
const MAX_PAUSE_MS = 20;

/** Writes the file that is locked. */
type Replace = (text: string) => Promise<void>;

/**
 * Runs one change of a file at a time, over all processes, so that none is lost. Beside the file lies `<file>.lock`, which
 * stays.
 *
 * @param work reads the file, and replaces it by what it gets
 * @param patience milliseconds to wait for the changes of others
 * @throws FileHeldError naming who has the file, when it is not free by then
 */
export async function withFileLock<T>(
  path: string,
  work: (replace: Replace) => Promise<T>,
  patience = PATIENCE_MS,
): Promise<T> {
  const file = withoutLinks(path);
  makePrivateFolder(dirname(file));
  const release = await waitForLock(file, patience);
  try {
    return await work((text) => writePrivateFile(file, text));
  } finally {
    release();
  }
}

async function waitForLock(path: string, patience: number): Promise<() => void> {
  const lock = `${path}.lock`;
  const deadline = performance.now() + patience;
  for (;;) {
    const release = tryKernelLock(lock);
    if (release) return release;
    if (performance.now() >= deadline) {
      throw new FileHeldError(
        `The file ${path} is being changed by ${describeHolder(lock).text}, and was not free within ${patience / 1000} s; try again, or end that process if it hangs`,
        path,
      );
    }
    // Pauses of one length would let the same one wait each time.
    await pause(MIN_PAUSE_MS + Math.random() * (MAX_PAUSE_MS - MIN_PAUSE_MS));
  }
}
