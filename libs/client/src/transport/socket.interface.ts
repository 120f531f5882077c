/**
 * Whom to trust on a TLS connection. All left out: the system's authorities. Otherwise the given ones are trusted in their
 * place; a self-signed server certificate is its own authority. In browsers only the empty form is possible.
 */
export interface TlsSettings {
  /** Path of a PEM file with certificates. */
  readonly caFile?: string;
  /** Path of a folder whose PEM files hold certificates. */
  readonly caPath?: string;
  /** Certificates as PEM text. */
  readonly caData?: string;
}

/** Whether the settings name authorities, to be trusted in place of the system's. */
export function namesAuthorities({ caFile, caPath, caData }: TlsSettings): boolean {
  return caFile !== undefined || caPath !== undefined || caData !== undefined;
}

/** What a connection hears from its socket. */
export interface SocketEvents {
  message(data: string | Uint8Array): void;
  /** Called once, at the end. `error` is there when the peer broke the protocol. */
  close(code: number, reason: string, error?: Error): void;
}

/** Why and how a connection ended. */
export interface CloseInfo {
  /** WebSocket close code; 1006 when it ended without a closing handshake, which is ordinary. */
  readonly code: number;
  readonly reason: string;
}

/** A connected message socket, whatever carries it. */
export interface ClientSocket {
  /** Whether messages can be sent. */
  readonly open: boolean;
  /** Bytes that were given to `send` and have not left yet. */
  readonly bufferedBytes: number;
  send(data: string | Uint8Array): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Drops the connection without a handshake. */
  terminate(): void;
  /** Begins to deliver; what came before is delivered first. Called once. */
  listen(events: SocketEvents): void;
}

/** What a dialer is asked for. */
export interface DialRequest {
  /** `ws://` or `wss://`, without credentials. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsSettings | undefined;
  /** Largest message accepted, in bytes. */
  readonly maxMessageBytes: number;
  /** Drops a connection whose peer does not even answer a ping for so long, in milliseconds; 0: never. Not possible in browsers. */
  readonly silence?: number;
  /** When aborted, the attempt ends with its reason and leaves no socket behind. */
  readonly signal: AbortSignal;
}

/**
 * Opens a socket; one call is one attempt.
 *
 * @throws ServiceUnavailableError, InvalidServerCertificateError, ProtocolError, ConfigurationError as in rpc§10.3
 */
export type Dialer = (request: DialRequest) => Promise<ClientSocket>;
