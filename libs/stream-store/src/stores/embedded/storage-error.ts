import { MillraceError } from '@millrace/core/errors';
import { FileAccessError, FileHeldError, isDiskFull } from '@millrace/files';
import { thrownText, withDeadline } from '@millrace/protocol';
import { StoreFullError, StoreUnavailableError } from '../../api/store.errors.js';
import { repairAdvice } from './data-file.js';

/** What LMDB or the file system says when there is no room. */
const FULL = /ENOSPC|No space left|MDB_MAP_FULL|mapsize|Quota|EDQUOT|EFBIG/i;
/** What LMDB makes of a write that the disk took only a part of; the cause is not always given. */
const CUT_SHORT = /Input\/output error|Commit failed/;
/** A disk with less room than this is full, for a write that was cut short. */
const LITTLE_ROOM = 32 * 1024 * 1024;
const DEEPEST_CAUSE = 5;
const CAUSE_WAIT_MS = 100;

/** What LMDB says of pages that are not what they should be, and of everything that it is asked then. */
const DAMAGED = /MDB_(PAGE_NOTFOUND|CORRUPTED|BAD_TXN|PROBLEM|PANIC|INVALID|PAGE_FULL|CURSOR_FULL)/;

/** Turns what the storage reports into one of our errors. @param path of the data file */
export async function storageError(error: unknown, path: string, freeBytes: () => number): Promise<MillraceError> {
  if (error instanceof MillraceError) return error;
  const text = await textOf(error);
  if (FULL.test(text) || (CUT_SHORT.test(text) && freeBytes() < LITTLE_ROOM)) {
    return new StoreFullError(undefined, { cause: error });
  }
  if (DAMAGED.test(text)) {
    const what = `The data file ${path} cannot be written, for pages of it are damaged. ${repairAdvice(path)}`;
    return new StoreUnavailableError(what, { cause: error });
  }
  return new StoreUnavailableError('The storage could not be written; try again later', { cause: error });
}

/** Does something with files of the storage. @throws StoreUnavailableError or StoreFullError for what the system reports */
export function withFiles<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileAccessError && isDiskFull(error))
      throw new StoreFullError(error.message, { cause: error });
    if (error instanceof FileAccessError || error instanceof FileHeldError)
      throw new StoreUnavailableError(error.message, { cause: error });
    throw error;
  }
}

/** What keeps a store from being opened, with the file and what to do. @param path of the data file */
export function openingError(error: unknown, path: string): MillraceError {
  if (error instanceof MillraceError) return error;
  const message = thrownText(error);
  const remedy = DAMAGED.test(message)
    ? repairAdvice(path)
    : 'It must be a file that the user of this process may read and write, in a directory that is theirs too';
  return new StoreUnavailableError(`The data file ${path} cannot be opened (${message}). ${remedy}`, {
    cause: error,
  });
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
