import { MillraceError } from '@millrace/core/errors';
import { thrownText } from '@millrace/protocol';
import { EXHAUSTED } from '../../engine/entry-id.js';
import { EntryIdError, StoreFullError, StoreUnavailableError } from '../../api/store.errors.js';

/** Begins the answers of our scripts that refuse an ID. */
export const REFUSED_ID = 'MILLRACEID';

/** What Redis answers to `XADD` behind the greatest ID. */
const REDIS_EXHAUSTED = 'exhausted the last possible ID';

/** Turns what Redis, or the way to it, reports into one of our errors. */
export function redisStoreError(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  const text = thrownText(error);
  const [, refusal] = new RegExp(`${REFUSED_ID} (.*?)(?: script: .*)?$`, 's').exec(text) ?? [];
  if (refusal !== undefined) return new EntryIdError(refusal);
  if (text.includes(REDIS_EXHAUSTED)) return new EntryIdError(EXHAUSTED);
  if (text.includes('OOM ')) return new StoreFullError(undefined, { cause: error });
  if (text.includes('WRONGTYPE')) {
    return new MillraceError(
      'CONFLICT',
      'Under this name Redis holds something other than a stream; choose another name, or set a keyPrefix',
      { cause: error },
    );
  }
  return new StoreUnavailableError(undefined, { cause: error });
}
