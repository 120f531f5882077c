/** What one error code means on each transport. */
export interface ErrorTableRow {
  /** HTTP status, also of a refused WebSocket handshake. */
  readonly status: number;
  /** WebSocket close code (RFC 6455 section 7.4; 3000 and 3003 are registered as "Unauthorized" and "Forbidden"). */
  readonly close: number;
  /** JSON-RPC 2.0 error code. */
  readonly rpc: number;
  readonly meaning: string;
}

/**
 * The one table of error codes: every error that leaves Millrace has a row here.
 *
 * `docs/errors.md` shows the same rows; a test compares the two.
 *
 * @publicApi
 */
export const ERROR_TABLE = Object.freeze({
  BAD_REQUEST: { status: 400, close: 1008, rpc: -32602, meaning: 'The request cannot be understood' },
  INVALID_PAYLOAD: {
    status: 400,
    close: 1007,
    rpc: -32602,
    meaning: 'A frame or body is not of the form the protocol asks for',
  },
  UNSUPPORTED_DATA: { status: 415, close: 1003, rpc: -32600, meaning: 'Text where binary is due, or the other way' },
  UNAUTHENTICATED: { status: 401, close: 3000, rpc: -32001, meaning: 'No credential, or one that does not verify' },
  TOKEN_EXPIRED: { status: 401, close: 3000, rpc: -32001, meaning: 'The credential of a live connection ran out' },
  CREDENTIAL_REVOKED: {
    status: 401,
    close: 3000,
    rpc: -32001,
    meaning: 'The token was revoked, or the API key of a live connection',
  },
  FORBIDDEN: { status: 403, close: 3003, rpc: -32003, meaning: 'The credential does not allow this' },
  FOREIGN_ORIGIN: { status: 403, close: 3003, rpc: -32003, meaning: 'Pages of other origins may not do this' },
  UNKNOWN_HOST: { status: 421, close: 1008, rpc: -32003, meaning: 'The server does not answer for this host name' },
  NOT_FOUND: { status: 404, close: 1008, rpc: -32004, meaning: 'What was asked for does not exist' },
  METHOD_NOT_ALLOWED: { status: 405, close: 1008, rpc: -32601, meaning: 'The path is known, but not with this method' },
  TOO_SLOW: { status: 408, close: 1013, rpc: -32054, meaning: 'The body of a request does not come in time' },
  CONFLICT: { status: 409, close: 1008, rpc: -32009, meaning: 'The request contradicts what is there' },
  OUT_OF_SEQUENCE: {
    status: 409,
    close: 4009,
    rpc: -32009,
    meaning: 'An append of a producer does not go on where the producer stands',
  },
  TOO_LARGE: { status: 413, close: 1009, rpc: -32013, meaning: 'A message, batch or body is over its limit' },
  INVALID: { status: 422, close: 1008, rpc: -32602, meaning: 'A value is not valid' },
  TOO_MANY_REQUESTS: {
    status: 429,
    close: 1013,
    rpc: -32029,
    meaning: 'A rate or count limit is reached; try again later',
  },
  INTERNAL: { status: 500, close: 1011, rpc: -32603, meaning: 'Something unforeseen; the log has the details' },
  NOT_IMPLEMENTED: { status: 501, close: 1011, rpc: -32601, meaning: 'This server does not offer that' },
  PEER_FAILED: {
    status: 502,
    close: 1011,
    rpc: -32052,
    meaning: 'A peer that was asked on behalf of the caller answered with an error',
  },
  UNAVAILABLE: {
    status: 503,
    close: 1013,
    rpc: -32053,
    meaning: 'A part this depends on is out of reach; try again later',
  },
  TIMED_OUT: { status: 504, close: 1013, rpc: -32054, meaning: 'A deadline passed' },
  GOING_AWAY: { status: 503, close: 1012, rpc: -32053, meaning: 'The server is shutting down' },
  INVALID_OPTIONS: {
    status: 500,
    close: 1011,
    rpc: -32603,
    meaning: 'A bad option, or a handler or guard that could not be asked; start-up fails',
  },
  ADAPTER_MISSING: {
    status: 500,
    close: 1011,
    rpc: -32603,
    meaning: 'The application has socket endpoints but no MillraceWsAdapter; start-up fails',
  },
}) satisfies Readonly<Record<string, ErrorTableRow>>;

/** A stable name of an error, the same on every transport and in every release. */
export type ErrorCode = keyof typeof ERROR_TABLE;
