import type { ConnectionOptions as TlsConnectionOptions } from 'node:tls';

/** TLS settings handed to the WebSocket. */
export type TlsOptions = Pick<
  TlsConnectionOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'rejectUnauthorized' | 'servername' | 'checkServerIdentity'
>;

/** What one attempt needs to know; times in milliseconds, sizes in bytes. */
export interface LinkOptions {
  readonly source: string;
  readonly url: string;
  readonly token: string | null;
  readonly secret: string;
  readonly tls: TlsOptions;
  /** Deadline of connect and upgrade. */
  readonly handshakeTimeout: number;
  /** Deadline of the answer to `validate`, and of the configuration. */
  readonly answerTimeout: number;
  /** Largest message taken. */
  readonly maxPayload: number;
  /** Pause between pings, and how long a pong may be missing; undefined sends none. */
  readonly pings?: { readonly interval: number; readonly timeout: number };
}

/** What a link tells its connection. Every callback is made synchronously while reading. */
export interface LinkEvents {
  /** A phase has begun; for the visible state. */
  phase(phase: LinkPhase): void;
  /** The claim succeeded; nothing else comes before it. */
  configured(config: unknown): void;
  publish(object: unknown): void;
  query(object: unknown, address: string): void;
  reconnectRequired(): void;
  /** A status without an address while connected: an acknowledgement, or a report. */
  status(status: number, body: unknown): void;
  /** Something odd that is ignored. */
  odd(message: string): void;
  /** The link has ended, exactly once, after everything else. */
  ended(end: LinkEnd): void;
}

export type LinkPhase = 'connecting' | 'authenticating' | 'claiming' | 'connected';

/** Why an attempt or a session ended, as far as it decides what to do next. */
export interface LinkEnd {
  readonly kind:
    /** Network, protocol or deadline; come back after a pause. */
    | 'failed'
    /** The claim was refused; come back after a pause. */
    | 'claim-refused'
    /** The token was refused for good; do not come back. */
    | 'auth-refused'
    /** Ended by this side on purpose. */
    | 'closed';
  /** Says what happened; holds no secret. */
  readonly message: string;
  /** The hub has closed the socket with 1012: it is about to come back itself. */
  readonly isRestart?: boolean;
}
