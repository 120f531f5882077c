import { AccountError } from '@millrace/accounts';
import { MillraceError } from '@millrace/core/errors';
import { whyNotWritten } from '@millrace/files';

/** Throws an error of a file of accounts as one that clients may see. */
export function asStoreError(error: unknown): never {
  if (error instanceof AccountError)
    throw new MillraceError(error.kind === 'invalid' ? 'INVALID' : 'CONFLICT', error.message);
  const reason = whyNotWritten(error);
  throw reason === undefined ? error : new MillraceError('UNAVAILABLE', reason, { cause: error });
}
