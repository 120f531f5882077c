import { ConnectionClosedError, ServiceUnavailableError } from '@millrace/client/browser';

/** Whether the same may work a little later: the server is away, or a connection was cut. */
export function isTemporary(error: unknown): boolean {
  return error instanceof ServiceUnavailableError || error instanceof ConnectionClosedError;
}
