import { MillraceError } from '@millrace/core/errors';

export function tooManyStreams(limit: number): MillraceError {
  return new MillraceError(
    'TOO_MANY_REQUESTS',
    `The store may have at most ${limit} streams; delete one, or raise limits.maxStreams`,
  );
}
