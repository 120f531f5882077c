import type { SocketConnection } from './connection/socket-connection.js';
import type { SocketDocs } from '../documents/socket-docs.js';
import type { UpgradeRequest } from '../http/upgrade-request.js';

export interface SocketEndpointOptions {
  /** One path or several, with parameters as in `/data/:stream_id/push`. */
  path: string | readonly string[];
  /** Largest message taken, in bytes; a longer one closes the socket with 1009. @default 16777216 */
  maxPayload?: number;
  /** How long guards and `handshake` may take, in milliseconds. @default that of the adapter */
  handshakeTimeout?: number;
  /** Stays at its path, whatever global prefix the host has set. @default false */
  ignoreGlobalPrefix?: boolean;
  docs?: SocketDocs;
}

/**
 * A class that owns the frames of the sockets on its paths. Register it with {@link SocketRegistry.add}, or mark it
 * with `@SocketEndpoint(options)`.
 *
 * @typeParam State what `handshake` made of the request, handed on with the connection
 */
export interface SocketHandler<State = unknown> {
  /**
   * Checks the request before the upgrade, after the host's guards. What it throws refuses the handshake with a real
   * HTTP status; what it returns becomes {@link SocketConnection.state}.
   */
  handshake(request: UpgradeRequest): State | Promise<State>;

  /**
   * Takes the socket over. Called synchronously with the upgrade: a listener attached here misses no frame. What it
   * throws, or rejects with, closes the socket with the error's close code.
   */
  handleConnection(connection: SocketConnection<State>): void | Promise<void>;

  /**
   * Finishes what is under way on a connection before the server closes it with 1012. Until its turn has come, the connection
   * works as ever.
   *
   * @param deadline aborts when the server waits no longer: what is still to be written has to be written then
   */
  drain?(connection: SocketConnection<State>, deadline: AbortSignal): Promise<void>;
}
