import { MillraceError } from '@millrace/core';
import { StoreFullError, StoreUnavailableError } from '../../errors/store.errors.js';

/** What LMDB or the file system says when there is no room. */
const FULL = /ENOSPC|No space left|MDB_MAP_FULL|mapsize|Quota|EDQUOT|EFBIG/i;

/** Turns what the storage reports into one of our errors. */
export function storageError(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  const texts: string[] = [];
  for (
    let cause = error;
    cause instanceof Error && texts.length < 5;
    cause = cause.cause ?? (cause as { commitError?: unknown }).commitError
  ) {
    texts.push(cause.message);
  }
  if (FULL.test(texts.join(' '))) return new StoreFullError(undefined, { cause: error });
  return new StoreUnavailableError('The storage could not be written', { cause: error });
}
