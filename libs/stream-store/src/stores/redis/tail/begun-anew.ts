import type { EntryId } from '@millrace/protocol';
import type { RedisClient } from '@millrace/core/redis';
import type { RedisKeys } from '../redis-keys.js';
import type { Followed } from './followed-streams.js';
import { BEGUN_ANEW, OVERTAKEN } from '../scripts.js';

/** Streams that one look takes at Redis, which does nothing else meanwhile. */
const STEP = 100;

/**
 * Finds those of some streams that were deleted since an ID of them was seen, and have begun anew or are still gone.
 *
 * @param seen what was seen of each
 * @returns the last ID of each as it is now; `0-0` for one that is gone
 */
export async function begunAnew(
  redis: RedisClient,
  keys: RedisKeys,
  seen: readonly (readonly [stream: string, followed: Followed])[],
): Promise<Map<string, EntryId>> {
  const found = new Map<string, EntryId>();
  for (let from = 0; from < seen.length; from += STEP) {
    const some = seen.slice(from, from + STEP);
    const values = [
      ...some.map(([stream]) => keys.stream(stream)),
      ...some.map(([, { last }]) => last),
      ...some.map(([, { endOf = '' }]) => endOf),
    ];
    const answers = (await redis.eval(BEGUN_ANEW, some.length, values)) as EntryId[];
    for (const [index, [stream]] of some.entries()) {
      const last = answers[index];
      if (last && last !== OVERTAKEN) found.set(stream, last);
    }
  }
  return found;
}
