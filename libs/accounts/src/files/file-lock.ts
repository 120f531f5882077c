import { randomUUID } from 'node:crypto';
import { link, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readIfThere, writePrivateFile } from './private-file.js';

const RETRY_MS = 20;
/** Older locks were left behind by a process that died: the work under one takes milliseconds. */
const STALE_MS = 10_000;

/** Writes the file that is locked. */
type Replace = (text: string) => Promise<void>;

/** The lock was taken over by somebody else while this process slept. */
class LockLostError extends Error {}

/**
 * Runs one change of a file at a time, over all processes, so that none is lost.
 *
 * @param work reads the file, and replaces it by what it gets. A process may sleep for longer than a lock lasts (a laptop
 *   that is closed, a container that is frozen); what it has read is old then, and the work begins anew.
 */
export async function withFileLock<T>(path: string, work: (replace: Replace) => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  for (;;) {
    const owner = randomUUID();
    const isHeld = async (): Promise<boolean> => (await readIfThere(lock)) === owner;
    const assertHeld = async (): Promise<void> => {
      if (!(await isHeld())) throw new LockLostError();
    };
    while (!(await take(lock, owner))) await pause(RETRY_MS);
    try {
      return await work((text) => writePrivateFile(path, text, assertHeld));
    } catch (error) {
      if (!(error instanceof LockLostError)) throw error;
    } finally {
      if (await isHeld()) await rm(lock, { force: true });
    }
  }
}

async function take(lock: string, owner: string): Promise<boolean> {
  try {
    await writeFile(lock, owner, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await removeIfStale(lock);
    return false;
  }
}

async function removeIfStale(lock: string): Promise<void> {
  try {
    if (!(await isStale(lock))) return;
    const aside = `${lock}.${randomUUID()}`;
    await rename(lock, aside);
    try {
      // Another who waited may have been quicker, and what was moved is the lock it has taken since.
      if (!(await isStale(aside))) await link(aside, lock);
    } finally {
      await rm(aside, { force: true });
    }
  } catch (error) {
    // It is gone already: the other process has finished; or a third one was quicker still.
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

async function isStale(lock: string): Promise<boolean> {
  return Date.now() - (await stat(lock)).mtimeMs > STALE_MS;
}
