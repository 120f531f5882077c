import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailableError } from '../../api/store.errors.js';

/**
 * Claims a data directory for this process: two writers would each hold a view of the streams' ends that the other
 * makes wrong. A claim whose process is gone (it was killed) is taken over.
 *
 * @returns gives the claim back
 * @throws StoreUnavailableError naming the process that holds it
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'process.lock');
  const claim: Holder = { pid: process.pid, started: startOf(process.pid) };
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(file, JSON.stringify(claim), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readHolder(file);
      if (attempt > 0 || (holder && isAlive(holder))) {
        throw new StoreUnavailableError(
          `The directory ${directory} is in use by process ${holder?.pid ?? '(unknown)'}; stop that, or choose another directory`,
        );
      }
      rmSync(file, { force: true });
    }
  }
}

interface Holder {
  readonly pid: number;
  /** When the process began, as the kernel says: two processes that had the same number differ in it. */
  readonly started: string;
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    // Written halfway by a process that was killed: the directory is free.
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === started;
}

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    // No /proc on this system: the number alone decides.
    return '';
  }
}
