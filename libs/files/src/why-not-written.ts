import { FileAccessError, whyRefused } from './file-access.error.js';
import { FileHeldError } from './file-held.error.js';

/** Why a file cannot be written just now, and what to do, as a client may see it; undefined for other errors. */
export function whyNotWritten(error: unknown): string | undefined {
  if (error instanceof FileHeldError) return error.message;
  const reason = error instanceof FileAccessError ? error.reason : whyRefused(error);
  return reason && `Nothing can be written: ${reason}`;
}

/** Whether the system says that a disk, or the share of a user in it, is full. */
export function isDiskFull(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
