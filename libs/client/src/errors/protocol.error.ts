import { WebSocketError } from './web-socket.error.js';

/** The peer does not speak WebSocket or JSON-RPC as agreed: another HTTP answer than 101, a cut handshake, a broken frame. */
export class ProtocolError extends WebSocketError {
  readonly code = 'PROTOCOL_ERROR';

  constructor(
    reason: string,
    options: ErrorOptions & {
      /** HTTP status of a refused handshake, or of an answer that is too large. */
      status?: number;
      /** What the server said with it. */
      body?: string;
    } = {},
  ) {
    super(reason, options);
    this.status = options.status;
    this.body = options.body;
  }

  /** HTTP status of a refused handshake, or of an answer that is too large. */
  readonly status: number | undefined;

  /** What the server said with the refusal; in Node only. */
  readonly body: string | undefined;
}
