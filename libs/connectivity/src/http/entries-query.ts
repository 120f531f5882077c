import { MillraceError } from '@millrace/core/errors';
import type { ListQuery } from '../api/connection-registry.js';
import type { ConnectivityLimits } from '../connectivity.limits.js';
import { readWatchQuery } from '../engine/watch/watch-query.js';

const DEFAULT_COUNT = 1000;
/** More in one answer help nobody, and hold up the rest. */
export const MOST_ENTRIES = 10_000;

/**
 * What is listed by query parameters: `uid_regex`, `data_type`, `expired` and `count`, each optional.
 *
 * @throws MillraceError `BAD_REQUEST` for a parameter that is not as it should be
 */
export function readEntriesQuery(
  parameters: URLSearchParams,
  limits: ConnectivityLimits,
): ListQuery & { readonly count: number } {
  const { query } = readWatchQuery(parameters, limits);
  return { ...query, live: !readExpired(parameters.get('expired')), count: readCount(parameters.get('count')) };
}

function readExpired(text: string | null): boolean {
  if (text === null || text === 'false') return false;
  if (text === 'true') return true;
  throw new MillraceError('BAD_REQUEST', `Query parameter "expired" must be "true" or "false", not "${text}"`);
}

function readCount(text: string | null): number {
  if (text === null) return DEFAULT_COUNT;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_ENTRIES) return count;
  throw new MillraceError(
    'BAD_REQUEST',
    `Query parameter "count" must be a whole number from 1 to ${MOST_ENTRIES}, not "${text}"`,
  );
}
