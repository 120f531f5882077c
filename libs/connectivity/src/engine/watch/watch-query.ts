import { MillraceError } from '@millrace/core/errors';
import type { ConnectivityLimits } from '../../connectivity.limits.js';
import { compilePattern } from '../patterns/name-pattern.js';
import type { ConnectionQuery } from '@millrace/protocol';

/** What a watcher asks for, by query parameters: `uid_regex`, `data_type` and `after`, each optional. */
export interface WatchQuery {
  readonly query: ConnectionQuery;
  readonly after: string | undefined;
}

/** @throws MillraceError `BAD_REQUEST` for a parameter that is not as it should be */
export function readWatchQuery(
  parameters: URLSearchParams,
  limits: ConnectivityLimits,
  lastEventId?: string,
): WatchQuery {
  const pattern = parameters.get('uid_regex');
  const dataType = parameters.get('data_type');
  const after = parameters.get('after') ?? lastEventId;
  if (pattern !== null) {
    if (pattern.length > limits.maxPatternLength)
      throw new MillraceError(
        'BAD_REQUEST',
        `Query parameter "uid_regex" must have at most ${limits.maxPatternLength} characters, not ${pattern.length}`,
      );
    // Refused now, with a real status, rather than on the open stream.
    compilePattern(pattern);
  }
  return {
    query: { ...(pattern === null ? {} : { pattern }), ...(dataType === null ? {} : { dataType }) },
    after: after === undefined || after === '' ? undefined : after,
  };
}
