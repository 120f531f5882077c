import { MillraceError } from '@millrace/core/errors';
import type { RedisConnections } from '@millrace/core/redis';
import { thrownIs } from '@millrace/protocol';
import { BrokenLogError, NewerReleaseError } from '../log/registry-errors.js';

/**
 * Does work that may be done twice; while the log is broken it waits until that is restored.
 *
 * @param renew brings the instance onto the log again
 * @param restoring why the log is restored, where somebody else waits for that already
 * @throws MillraceError `UNAVAILABLE`
 */
export async function persist<T>(
  connections: RedisConnections<'commands' | 'registry-tail'>,
  renew: () => Promise<void>,
  restoring: () => BrokenLogError | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let broken: BrokenLogError | undefined;
  const attempt = async (): Promise<T> => {
    for (;;) {
      try {
        if (broken) await renew();
        broken = undefined;
        return await work();
      } catch (error) {
        if (!(error instanceof BrokenLogError)) throw error;
        broken = error;
      }
    }
  };
  try {
    return await connections.persist(attempt);
  } catch (error) {
    // The deadline passed, and nothing but the restoration was in the way.
    throw (isUnexplained(error) && (broken ?? restoring())) || error;
  }
}

function isUnexplained(error: unknown): boolean {
  if (!thrownIs(error, MillraceError) || error.code !== 'UNAVAILABLE') return false;
  return error.cause === undefined && !thrownIs(error, NewerReleaseError);
}
