import { ftruncateSync, readFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lock, as it writes into the file. */
interface LockHolder {
  /** In a container both are its own. */
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  /** When the process began, in milliseconds since 1970 and parts of them: containers may share a name and a number. */
  readonly processBegan: number;
}

/** Says in a locked file who has it, for messages only. A full disk must not keep anybody from a lock. */
export function writeHolder(fd: number): void {
  const holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    processBegan: performance.timeOrigin,
  };
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `${JSON.stringify(holder)}\n`, 0);
  } catch {
    // Others read that somebody has it, and not who.
  }
}

/** For messages: `process 7 on host web-1 since 2026-01-31T12:00:00.000Z`, `this process since …`, or `another process`. */
export function describeHolder(path: string): { readonly text: string; readonly isThisProcess: boolean } {
  const holder = readHolder(path);
  if (!holder) return { text: 'another process', isThisProcess: false };
  const { pid, host, since, processBegan } = holder;
  const isThisProcess = pid === process.pid && processBegan === performance.timeOrigin;
  const who = isThisProcess ? 'this process' : `process ${pid} on host ${host}`;
  return { text: `${who} since ${since}`, isThisProcess };
}

function readHolder(path: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as LockHolder;
    return typeof holder.pid === 'number' && typeof holder.host === 'string' ? holder : undefined;
  } catch {
    // Not written yet, or the disk had no room for it.
    return undefined;
  }
}
