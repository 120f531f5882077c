import { ConnectorError } from '../../errors/connector.error.js';
import type { LinkEnd } from '../link/link-end.js';
import type { LinkOptions, LinkPhase } from '../link/link.interface.js';
import { SourceLink } from '../link/source-link.js';
import type { NotificationOutlet } from '../outbox/sender-options.js';
import { Acknowledgements } from './acknowledgements.js';
import type { SentKind } from './sent-ledger.js';

export interface SessionOptions extends LinkOptions {
  readonly outbox: { readonly ackTimeout: number; readonly atMostOnce: boolean };
}

/** What a session tells its source. Every callback is made synchronously while reading. */
export interface SessionEvents {
  phase(phase: LinkPhase): void;
  configured(session: SourceSession, config: unknown): void;
  publish(session: SourceSession, object: unknown): void;
  query(session: SourceSession, object: unknown, address: string): void;
  reconnectRequired(session: SourceSession): void;
  /** A status without an address. @param kind what it acknowledges or refuses; undefined when nothing was due */
  status(kind: SentKind | undefined, status: number, body: unknown): void;
  odd(message: string): void;
  /** The socket has ended; it comes once, after everything else. */
  ended(session: SourceSession, end: LinkEnd): void;
}

/** One socket of a source, what the hub owes on it, and the signal by which handlers learn of its end. */
export class SourceSession implements NotificationOutlet {
  private readonly link: SourceLink;
  private readonly acknowledgements: Acknowledgements;
  private readonly end = new AbortController();
  private waiters: { resolve: () => void; reject: (error: Error) => void }[] = [];

  /** @throws what the WebSocket throws at impossible arguments */
  constructor(options: SessionOptions, events: SessionEvents) {
    const { ackTimeout, atMostOnce } = options.outbox;
    this.acknowledgements = new Acknowledgements({
      timeout: ackTimeout,
      required: !atMostOnce,
      // A new connection sends everything again.
      onSilence: () => this.link.fail(`The hub acknowledged nothing for ${ackTimeout} ms`),
    });
    this.link = new SourceLink(options, {
      phase: (phase) => events.phase(phase),
      configured: (config) => {
        this.acknowledgements.clear();
        for (const { resolve } of this.waiters.splice(0)) resolve();
        events.configured(this, config);
      },
      publish: (object) => events.publish(this, object),
      query: (object, address) => events.query(this, object, address),
      reconnectRequired: () => events.reconnectRequired(this),
      status: (status, body) => events.status(this.acknowledgements.take(), status, body),
      odd: (message) => events.odd(message),
      ended: (reason) => {
        this.acknowledgements.clear();
        for (const { reject } of this.waiters.splice(0)) reject(endedError());
        this.end.abort();
        events.ended(this, reason);
      },
    });
  }

  /** Aborted when the socket has ended. */
  get signal(): AbortSignal {
    return this.end.signal;
  }

  get isOpen(): boolean {
    return this.link.isOpen;
  }

  /** Notifications sent and not yet acknowledged. */
  get inFlight(): number {
    return this.acknowledgements.notifications;
  }

  notify(text: string): boolean {
    this.acknowledgements.sent('notification');
    return this.link.send(text);
  }

  drained(): Promise<void> {
    return this.link.drained();
  }

  /**
   * Sends a response of a query. Resolves when the send buffer has room for more.
   *
   * @throws ConnectorError when the socket ends before
   */
  async respond(text: string): Promise<void> {
    // During a new claim the hub would take the response for something else.
    await this.whenConfigured();
    this.acknowledgements.sent('response');
    if (!this.link.send(text)) await this.link.drained();
  }

  /** Resolves true once everything sent is acknowledged, or false after a deadline in milliseconds. */
  settled(deadline: number): Promise<boolean> {
    return this.acknowledgements.settled(deadline);
  }

  /** Claims the source anew on the same socket. */
  claim(): void {
    this.link.claim();
  }

  /** Stops reading for as long as the host is behind with its work. */
  pause(): void {
    this.link.pause();
  }

  resume(): void {
    this.link.resume();
  }

  /** Ends the socket on purpose. */
  close(): void {
    this.link.close();
  }

  /** Ends the socket as a failure. */
  fail(message: string, code: number): void {
    this.link.fail(message, code);
  }

  private whenConfigured(): Promise<void> {
    if (this.link.isConnected) return Promise.resolve();
    if (this.signal.aborted) return Promise.reject(endedError());
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }
}

function endedError(): ConnectorError {
  return new ConnectorError('The connection has ended', 'GOING_AWAY');
}
