import { WebSocketError } from './web-socket.error.js';

/** The connection is gone, or went while a reply was awaited. */
export class ConnectionClosedError extends WebSocketError {
  readonly code = 'CONNECTION_CLOSED';
}
