import type { MillraceErrorOptions } from '@millrace/core/errors';
import { ConnectorError } from './connector.error.js';

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
