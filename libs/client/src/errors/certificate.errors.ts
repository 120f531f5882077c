import { WebSocketError } from './connection.errors.js';

/** The TLS handshake failed: untrusted, expired or foreign certificate, or a port that does not speak TLS. Never retried. */
export class InvalidServerCertificateError extends WebSocketError {
  readonly code: string = 'INVALID_CERTIFICATE';
}

/** The server's certificate is for another host than the one that was dialled. */
export class WrongHostNameError extends InvalidServerCertificateError {
  override readonly code = 'WRONG_HOST_NAME';
}

/** The server's certificate, or one it depends on, is out of date, or not yet valid. */
export class ExpiredCertificateError extends InvalidServerCertificateError {
  override readonly code = 'CERTIFICATE_EXPIRED';
}

/** The server's certificate was issued by nobody this client trusts; name the authority by `tls` or a CA bundle. */
export class UntrustedAuthorityError extends InvalidServerCertificateError {
  override readonly code = 'UNTRUSTED_AUTHORITY';
}
