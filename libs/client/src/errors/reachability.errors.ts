import { ServiceUnavailableError } from './service-unavailable.error.js';

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
