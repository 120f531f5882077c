/** An error as a reply carries it. */
export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** How far a call has come, as its notification says it. */
export interface RpcProgress<Id = number | string> {
  /** Id of the request. */
  readonly id: Id;
  /** What the server is doing. */
  readonly operation: string;
  /** From 0 to 1. */
  readonly amount: number;
}

/** Answer of the method `get-version`. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Commit the server was built from. */
  readonly revision: string;
}

/** Error codes of JSON-RPC 2.0, and those that Millrace adds (rpc§3). */
export const RPC_ERROR = Object.freeze({
  PARSE: -32700,
  INVALID_REQUEST: -32600,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL: -32603,
  /** The session has too many calls under way. */
  TOO_MANY_REQUESTS: -32029,
  /** The server is shutting down. */
  GOING_AWAY: -32053,
  /** A method ran longer than its `timeout`. */
  TIMED_OUT: -32054,
  /** The call was cancelled by its caller. */
  CANCELLED: 20,
  /** An application's error that names no code. */
  APPLICATION: 0,
});

/**
 * How a server that ends closes the connection of a client (rpc#S47): every request that it had begun is answered by then, so one
 * without an answer was not begun, and may be sent again to another server.
 */
export const RPC_GOODBYE = Object.freeze({
  code: 1012,
  reason: 'The server is shutting down; what has no answer was not begun',
});
