import { FileHeldError } from './file-held.error.js';

/** What the system says when a disk, or the share of a user in it, is full. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** Why a file cannot be written just now, and what to do, as a client may see it; undefined for other errors. */
export function whyNotWritten(error: unknown): string | undefined {
  if (error instanceof FileHeldError) return error.message;
  return FULL.includes((error as NodeJS.ErrnoException | undefined)?.code)
    ? 'Nothing can be written: the disk is full; make room on it, and try again'
    : undefined;
}
