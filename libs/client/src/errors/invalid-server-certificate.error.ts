import { WebSocketError } from './web-socket.error.js';

/** The TLS handshake failed: untrusted, expired or foreign certificate, or a port that does not speak TLS. Never retried. */
export class InvalidServerCertificateError extends WebSocketError {
  readonly code: string = 'INVALID_CERTIFICATE';
}
