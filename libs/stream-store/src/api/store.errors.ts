import { MillraceError } from '@millrace/core/errors';
import { quoted } from '../engine/quoted.js';
import type { ProducerPosition } from './stream-store.js';

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

/**
 * An append of a producer that the store does not take. `OUT_OF_SEQUENCE`: it does not go on where the producer stands; `expected`
 * is the next number, and undefined where the producer is not known. `FORBIDDEN`: another one has come with a greater epoch, `expected`. `CONFLICT`: a repeat whose IDs the store
 * remembers no more.
 */
export class ProducerError extends MillraceError {
  constructor(
    code: 'OUT_OF_SEQUENCE' | 'FORBIDDEN' | 'CONFLICT',
    message: string,
    /** What was given. */
    readonly producer: ProducerPosition,
    readonly expected?: number,
  ) {
    super(code, message, { headers: headersOf(code, producer, expected) });
  }
}

function headersOf(code: string, { sequence }: ProducerPosition, expected?: number): Readonly<Record<string, string>> {
  const fields =
    code === 'FORBIDDEN'
      ? { 'Producer-Epoch': expected }
      : { 'Producer-Expected-Seq': expected, 'Producer-Received-Seq': sequence };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const names = given.map(([name]) => name).join(', ');
  return {
    ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
    'Access-Control-Expose-Headers': names,
  };
}
