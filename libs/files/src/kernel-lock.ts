import { closeSync, constants, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as NativeExtensions from 'fs-native-extensions';
import { FileAccessError, withFile } from './file-access.error.js';
import { OPEN_FOR_WRITING } from './private-file.js';
import { writeHolder } from './lock-holder.js';

/** What the system says where another open file has the lock. */
const HELD: readonly unknown[] = ['EAGAIN', 'EACCES', 'EBUSY'];

/** Of a link the file behind it would be emptied; a pipe would keep who opens it waiting. Windows has neither. */
const OPEN_LOCK = OPEN_FOR_WRITING | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Takes the lock that the kernel keeps for an open file. It ends with the process, however that ends, and counts for every
 * process on the file, whichever container it runs in. The file itself stays: another process may be about to lock it.
 *
 * @returns gives the lock back; undefined when somebody else has it
 * @throws Error when the package with the lock cannot be loaded, or the file system keeps no locks
 */
export function tryKernelLock(path: string): (() => void) | undefined {
  const fd = openLocked(path, OPEN_LOCK);
  if (fd === undefined) return undefined;
  writeHolder(fd);
  return () => release(fd);
}

/**
 * The same for a file that holds something else, which is left as it is.
 *
 * @returns as {@link tryKernelLock}
 */
export function tryLockOf(path: string): (() => void) | undefined {
  // There nobody else could read what is locked, the database of the same process included.
  if (process.platform === 'win32') return () => undefined;
  const fd = openLocked(path, OPEN_FOR_WRITING);
  return fd === undefined ? undefined : () => closeSync(fd);
}

/** Opens a file and takes its lock; undefined when somebody else has it. @throws as {@link tryKernelLock} */
function openLocked(path: string, flags: number): number | undefined {
  const fd = withFile(path, () => openSync(path, flags, 0o600));
  try {
    if (!fstatSync(fd).isFile()) throw new FileAccessError(path, 'EINVAL', 'it is not a file; remove it');
    if (lockNow(fd, path)) return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return undefined;
}

function release(fd: number): void {
  try {
    // Nobody holds it from now on, so the file names nobody.
    ftruncateSync(fd, 0);
  } catch {
    // Whoever takes it next writes its own name over that.
  }
  closeSync(fd);
}

function lockNow(fd: number, path: string): boolean {
  const { tryLock } = nativeExtensions();
  try {
    return tryLock(fd);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (HELD.includes(code)) return false;
    throw new Error(
      `The file system of ${path} keeps no locks (${code ?? message}), so nothing shows whether another process uses it; put the data on a local disk, or mount the network disk with locks`,
      { cause: error },
    );
  }
}

/** Loaded when it is first needed: there are systems that it is not built for, and much works there without it. */
function nativeExtensions(): typeof NativeExtensions {
  try {
    return createRequire(import.meta.url)('fs-native-extensions') as typeof NativeExtensions;
  } catch (error) {
    throw new Error(
      `The package fs-native-extensions, which locks files, cannot be loaded on ${process.platform}-${process.arch}: ${(error as Error).message}. Install it anew on this system; it is built for Linux, macOS and Windows on x64 and arm64`,
      { cause: error },
    );
  }
}
