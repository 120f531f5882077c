import { ClientError } from './client.error.js';

/** Base of the errors of the connection itself (rpc§10.4). */
export abstract class WebSocketError extends ClientError {
  constructor(
    /** What went wrong, in words. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** The connection is gone, or went while a reply was awaited. */
export class ConnectionClosedError extends WebSocketError {
  readonly code = 'CONNECTION_CLOSED';
  /** Whether it is known that the server has not begun the request: it was not sent, or the server said so with its goodbye. */
  readonly notBegun: boolean;

  constructor(reason: string, { notBegun = false, ...options }: ErrorOptions & { notBegun?: boolean } = {}) {
    super(reason, options);
    this.notBegun = notBegun;
  }
}

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

/** Nobody answers at the address: refused, unreachable, unknown host, or no handshake in time. The one error that is retried. */
export class ServiceUnavailableError extends WebSocketError {
  readonly code: string = 'UNAVAILABLE';
}

/** The host is there, and nobody listens on the port. */
export class ConnectionRefusedError extends ServiceUnavailableError {
  override readonly code = 'CONNECTION_REFUSED';
}

/** No address is known for the host's name. */
export class HostNotFoundError extends ServiceUnavailableError {
  override readonly code = 'HOST_NOT_FOUND';
}

/** The server did not answer within the limit of one attempt, whether it took the connection or not. */
export class ConnectTimeoutError extends ServiceUnavailableError {
  override readonly code = 'CONNECT_TIMEOUT';
}

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
