import { MillraceError } from '@millrace/core';
import { StoreFullError, StoreUnavailableError } from '../../errors/store.errors.js';

/** What LMDB or the file system says when there is no room. */
const FULL = /ENOSPC|No space left|MDB_MAP_FULL|mapsize|Quota|EDQUOT|EFBIG/i;
/** What LMDB makes of a write that the disk took only a part of; the cause is not always told. */
const CUT_SHORT = /Input\/output error|Commit failed/;
/** A disk with less room than this is full, for a write that was cut short. */
const LITTLE_ROOM = 32 * 1024 * 1024;
const DEEPEST_CAUSE = 5;

/**
 * Turns what the storage reports into one of our errors.
 *
 * @param freeBytes room on the disk
 */
export async function storageError(error: unknown, freeBytes: () => number): Promise<MillraceError> {
  if (error instanceof MillraceError) return error;
  const text = await textOf(error);
  if (FULL.test(text) || (CUT_SHORT.test(text) && freeBytes() < LITTLE_ROOM)) {
    return new StoreFullError(undefined, { cause: error });
  }
  return new StoreUnavailableError('The storage could not be written', { cause: error });
}

/** The messages of an error and its causes. A failed commit gives its cause as a promise, which somebody must take. */
async function textOf(error: unknown): Promise<string> {
  const texts: string[] = [];
  for (let cause = error; cause instanceof Error && texts.length < DEEPEST_CAUSE;) {
    texts.push(cause.message);
    const { commitError } = cause as { commitError?: unknown };
    cause = cause.cause ?? (await Promise.resolve(commitError).catch((reason: unknown) => reason));
  }
  return texts.join(' ');
}
