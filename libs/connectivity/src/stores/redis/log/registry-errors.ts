import { MillraceError } from '@millrace/core/errors';
import { thrownText } from '@millrace/protocol';

/** Who asks, for errors. */
export const SUBJECT = 'The registry';

/** The log in Redis cannot be relied on; the instances found it anew from what they have in memory. */
export class BrokenLogError extends MillraceError {
  constructor(readonly reason: string) {
    super('UNAVAILABLE', `${SUBJECT} restores its data in Redis (${reason}); try again in a few seconds`);
  }
}

/** A later release, of another instance, wrote what this one cannot read. */
export class NewerReleaseError extends MillraceError {
  constructor() {
    super(
      'UNAVAILABLE',
      `${SUBJECT} cannot read its data in Redis: another instance runs a newer release; update this one`,
    );
  }
}

/** Whether a key holds what the registry did not put there. */
export function isOfAnotherType(error: unknown): boolean {
  return thrownText(error).startsWith('WRONGTYPE');
}
