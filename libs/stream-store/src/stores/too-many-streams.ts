import { MillraceError } from '@millrace/core/errors';

export function tooManyStreams(limit: number): MillraceError {
  return new MillraceError(
    'TOO_MANY_REQUESTS',
    `The store has as many streams as it may, ${limit}; delete one, or raise limits.maxStreams`,
  );
}
