import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, constants, existsSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { chmod, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileError, withFile } from './file-access.error.js';

/** Makes a file that is not there, and leaves one that is as it is. */
export const OPEN_FOR_WRITING = constants.O_RDWR | constants.O_CREAT;

/** Makes a folder, and those above it, for its owner only. One that is there keeps the rights its maker chose. */
export function makePrivateFolder(folder: string): void {
  withFile(folder, () => {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // What Node says of a read-only disk too. The first folder that is missing tells.
      mkdirSync(firstMissing(folder), { mode: 0o700 });
    }
  });
}

function firstMissing(folder: string): string {
  const above = dirname(resolve(folder));
  return existsSync(above) ? folder : firstMissing(above);
}

/** Makes an empty file for its owner only, or takes the rights of others from one that is there. */
export function makePrivateFile(path: string): void {
  withFile(path, () => closeSync(openSync(path, OPEN_FOR_WRITING, 0o600)));
  if ((statSync(path).mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    // Only the owner may do that. Who was let into the file of another uses it as it is.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** The text of a file; undefined when it does not exist. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(error, path);
  }
}

/** Something that changes whenever the file does; undefined when it does not exist. */
export async function versionOfFile(path: string): Promise<string | undefined> {
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true });
    return `${mtimeNs}:${size}:${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(error, path);
  }
}

/** The file itself where a path is a link to it, so that those who come by the link and those who do not share one. */
export function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Not there yet, or out of reach: opening it will say so.
    return path;
  }
}

/** Replaces the file in one step: a reader sees the old one or the new one, also after a crash. Only the owner may read it. */
export function writePrivateFile(path: string, text: string): Promise<void> {
  return replaceFile(path, text, PRIVATE);
}

const PRIVATE = 0o600;

/** The same for a file that others may read, by its rights. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const target = withoutLinks(path);
  makePrivateFolder(dirname(target));
  try {
    await replace(target, text, mode);
  } catch (error) {
    throw fileError(error, target);
  }
}

async function replace(path: string, text: string, mode: number): Promise<void> {
  // The name of the file may be as long as names may be.
  const draft = join(dirname(path), `${randomBytes(8).toString('hex')}.draft`);
  try {
    const file = await open(draft, 'wx', PRIVATE);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(draft, mode);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
