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

/** No reply came in time. The connection lives on, and a late reply is ignored. */
export class RequestTimeoutError extends ClientError {
  readonly code = 'TIMED_OUT';

  constructor(
    readonly method: string,
    /** How long was waited, in milliseconds. */
    readonly timeout: number,
  ) {
    super(`"${method}" was not answered within ${timeout} ms`);
  }
}

/** Params hold something JSON cannot carry: NaN, Infinity, BigInt, a cycle, or a `toJSON` that throws. Nothing was sent. */
export class UnserializableError extends ClientError {
  readonly code = 'UNSERIALIZABLE';
}

/** The server is of another version than the one asked for. */
export class VersionError extends ClientError {
  readonly code = 'VERSION_MISMATCH';

  constructor(
    readonly local: string,
    readonly remote: string,
  ) {
    super(`The server is version ${remote}, this client expects ${local}`);
  }
}
