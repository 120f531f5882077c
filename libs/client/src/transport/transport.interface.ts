import type { Dialer, TlsSettings } from './socket.interface.js';

/** One HTTP request. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly tls: TlsSettings | undefined;
  /** Whether it may be sent a second time when the connection was lost and nobody knows whether the first one arrived. */
  readonly repeatable: boolean;
  /** Limit of the way to the server (address, TCP, TLS), in milliseconds, 0 for none; a browser cannot tell it from the answer. */
  readonly connectTimeout: number;
  /** Ends the exchange with its reason, also while the body is read. */
  readonly signal: AbortSignal;
}

/** The answer, as soon as its head is there. */
export interface HttpReply {
  readonly status: number;
  header(name: string): string | undefined;
  /** The body as it comes; read at most once, and to its end, or `cancel()` is called. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops what was not read. */
  cancel(): void;
}

/** What differs between Node and browsers: how requests are sent and sockets are opened. */
export interface Transport {
  readonly dial: Dialer;
  /** @throws as a dialer: ServiceUnavailableError, InvalidServerCertificateError, ProtocolError for a cut exchange */
  send(request: OutgoingRequest): Promise<HttpReply>;
  /** A page cannot give a WebSocket headers. */
  readonly tokenInQuery: boolean;
  /** Whether cookies of a server are kept, and sent by themselves with requests and sockets. */
  keepsCookiesOf(server: URL): boolean;
  /** Drops idle connections. */
  close(): void;
}
