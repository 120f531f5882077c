import { MillraceError } from '@millrace/core/errors';
import { quoted } from '../engine/quoted.js';

/** A name that a stream cannot have: empty, `.` or `..`, too long, with `+` or `/`, or reserved. */
export class StreamNameError extends MillraceError {
  constructor(
    readonly stream: string,
    problem: string,
  ) {
    super('INVALID', `${quoted(stream)} is not a valid stream name: ${problem}`);
  }
}

/** Text that is not an entry ID, or an own ID that is not above the last one of its stream. */
export class EntryIdError extends MillraceError {
  constructor(message: string) {
    super('BAD_REQUEST', message);
  }
}

/** A stream that was ended for good is asked to take entries. */
export class StreamEndedError extends MillraceError {
  constructor(readonly stream: string) {
    super('CONFLICT', `${quoted(stream)} has ended and takes no more entries; delete it to begin anew`);
  }
}

/** The storage is out of reach for now. */
export class StoreUnavailableError extends MillraceError {
  constructor(message = 'The storage is out of reach; try again later', options?: ErrorOptions) {
    super('UNAVAILABLE', message, options);
  }
}

/** The storage takes no more: the disk or the store's map is full. */
export class StoreFullError extends MillraceError {
  constructor(message = 'The storage is full; free space or lower the retention', options?: ErrorOptions) {
    super('UNAVAILABLE', message, options);
  }
}
