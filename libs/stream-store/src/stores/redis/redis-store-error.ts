import { MillraceError } from '@millrace/core/errors';
import { redisState } from '@millrace/core/redis';
import { thrownText } from '@millrace/protocol';
import { EXHAUSTED } from '../../engine/entry-id.js';
import { EntryIdError, StoreFullError, StoreUnavailableError } from '../../api/store.errors.js';

/** Begins the answers of our scripts that refuse an ID. */
export const REFUSED_ID = 'MILLRACEID';

/** What Redis answers to `XADD` behind the greatest ID. */
const REDIS_EXHAUSTED = 'exhausted the last possible ID';

const WRONG_TYPE =
  'Under this name Redis holds something other than a stream or its metadata; choose another name, or set a keyPrefix';

/** Whether a key was asked for which holds something of another type, in a script or without. */
export function isWrongType(error: unknown): boolean {
  return thrownText(error).includes('WRONGTYPE');
}

/** Another program keeps something else under the key of a stream. */
export function wrongTypeError(cause?: unknown): MillraceError {
  return new MillraceError('CONFLICT', WRONG_TYPE, { cause });
}

/** Turns what Redis, or the way to it, reports into one of our errors. */
export function redisStoreError(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  const text = thrownText(error);
  const [, refusal] = new RegExp(`${REFUSED_ID} (.*?)(?: script: .*)?$`, 's').exec(text) ?? [];
  if (refusal !== undefined) return new EntryIdError(refusal);
  if (text.includes(REDIS_EXHAUSTED)) return new EntryIdError(EXHAUSTED);
  if (isWrongType(error)) return wrongTypeError(error);
  const state = redisState(error);
  if (/(^|\W)OOM /.test(text)) return new StoreFullError(state && `The storage is full: ${state}`, { cause: error });
  return new StoreUnavailableError(state && `The storage does not work: ${state}`, { cause: error });
}
