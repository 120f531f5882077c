import { WebSocketError } from './web-socket.error.js';

/** Nobody answers at the address: refused, unreachable, unknown host, or no handshake in time. The one error that is retried. */
export class ServiceUnavailableError extends WebSocketError {
  readonly code: string = 'UNAVAILABLE';
}
