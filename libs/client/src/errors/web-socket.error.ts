import { ClientError } from './client.error.js';

/** Base of the errors of the connection itself (rpc§10.4). */
export abstract class WebSocketError extends ClientError {
  constructor(
    /** What went wrong, in words. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}
