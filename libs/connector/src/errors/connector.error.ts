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

/**
 * A connector cannot work as it is configured: a property is missing or bad, or the server refused the token for good.
 * It ends the connection; no further attempt is made.
 *
 * @publicApi
 */
export class ConnectorConfigError extends ConnectorError {
  constructor(
    message: string,
    /** The property at fault, where one is. */
    readonly property?: string,
    options: MillraceErrorOptions = {},
  ) {
    super(message, 'INVALID_OPTIONS', options);
  }
}
