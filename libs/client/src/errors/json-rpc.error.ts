import type { CallId } from '../rpc/wire/messages.js';
import { ClientError } from './client.error.js';

/** An error reply of the server, or the client's own general error: id null, code 0 (rpc§3 §10.4). */
export class JsonRpcError extends ClientError {
  constructor(
    /** Id of the request; null when the error belongs to none. */
    readonly id: CallId | null,
    readonly code: number,
    message: string,
    /** Details the server sent; undefined when it sent none. */
    readonly data?: unknown,
  ) {
    super(message);
  }
}
