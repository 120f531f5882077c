import { MillraceError, type MillraceErrorOptions } from '@millrace/core/errors';
import type { ErrorCode } from '@millrace/protocol';

/**
 * The general exception of connectors: a wrong call, a full outbox, a connection that is gone.
 *
 * @publicApi
 */
export class ConnectorError extends MillraceError {
  constructor(message: string, code: ErrorCode = 'CONFLICT', options: MillraceErrorOptions = {}) {
    super(code, message, options);
  }
}
