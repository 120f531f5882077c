import type { ConnectorLogger } from '../../logging/connector-logger.js';

/** Logs the error of a handler, which ends nothing. */
export function logFailure(logger: ConnectorLogger, handler: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : 'unknown error';
  logger.error(`The ${handler} handler failed: ${text}`);
}
