import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const RETRY_MS = 20;
/** Older locks were left behind by a process that died: the work under one takes milliseconds. */
const STALE_MS = 10_000;

/** Runs one change of a file at a time, over all processes, so that none is lost. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  while (!(await take(lock))) await pause(RETRY_MS);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await removeIfStale(lock);
    return false;
  }
}

async function removeIfStale(lock: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(lock);
    if (Date.now() - mtimeMs > STALE_MS) await rm(lock, { force: true });
  } catch (error) {
    // It is gone already: the other process has finished.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
