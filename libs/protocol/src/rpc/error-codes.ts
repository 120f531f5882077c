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
