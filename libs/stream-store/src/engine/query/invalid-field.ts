import { MillraceError } from '@millrace/core/errors';

/** A 422 in the form the protocol gives to requests that fail validation (stream-store§3). */
export function invalidField(loc: readonly string[], msg: string, type = 'value_error'): MillraceError {
  return new MillraceError('INVALID', msg, { detail: [{ loc, msg, type }] });
}
