import { MillraceError } from '@millrace/core/errors';
import { withDeadline } from '@millrace/protocol';
import { StoreFullError, StoreUnavailableError } from '../../api/store.errors.js';

/** What LMDB or the file system says when there is no room. */
const FULL = /ENOSPC|No space left|MDB_MAP_FULL|mapsize|Quota|EDQUOT|EFBIG/i;
/** What LMDB makes of a write that the disk took only a part of; the cause is not always given. */
const CUT_SHORT = /Input\/output error|Commit failed/;
/** A disk with less room than this is full, for a write that was cut short. */
const LITTLE_ROOM = 32 * 1024 * 1024;
const DEEPEST_CAUSE = 5;
const CAUSE_WAIT_MS = 100;

/** Turns what the storage reports into one of our errors. */
export async function storageError(error: unknown, freeBytes: () => number): Promise<MillraceError> {
  if (error instanceof MillraceError) return error;
  const text = await textOf(error);
  if (FULL.test(text) || (CUT_SHORT.test(text) && freeBytes() < LITTLE_ROOM)) {
    return new StoreFullError(undefined, { cause: error });
  }
  return new StoreUnavailableError('The storage could not be written; try again later', { cause: error });
}

/** The messages of an error and its causes. */
async function textOf(error: unknown): Promise<string> {
  const texts: string[] = [];
  for (let cause = error; isErrorLike(cause) && texts.length < DEEPEST_CAUSE;) {
    texts.push(cause.message);
    cause = cause.cause ?? (await commitErrorOf(cause));
  }
  return texts.join(' ');
}

interface ErrorLike {
  readonly message: string;
  readonly cause?: unknown;
  readonly commitError?: unknown;
}

/** Errors of LMDB's native part are not always instances of this realm's `Error`. */
function isErrorLike(value: unknown): value is ErrorLike {
  return typeof value === 'object' && value !== null && typeof (value as { message?: unknown }).message === 'string';
}

/** A failed commit gives its cause as a promise, whose rejection must be handled. It may come late, or never. */
function commitErrorOf({ commitError }: ErrorLike): Promise<unknown> {
  const late = () => new Error('the cause is not known');
  return withDeadline(Promise.resolve(commitError), CAUSE_WAIT_MS, late).catch((reason: unknown) => reason);
}
