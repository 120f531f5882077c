import type { OutboxSettings } from '../../connector.options.js';
import { ConnectorError } from '../../errors/connector.error.js';
import type { LinkEvents, LinkOptions } from '../link/link.interface.js';
import { SourceLink } from '../link/source-link.js';
import type { NotificationOutlet } from '../outbox/notification-sender.js';
import { Acknowledgements, type SentKind } from './acknowledgements.js';

export interface SessionOptions extends LinkOptions {
  readonly outbox: Pick<OutboxSettings, 'ackTimeout' | 'atMostOnce'>;
}

/** What a session tells its source: what its link tells, and of a status without an address what it is for. */
export interface SessionEvents extends Omit<LinkEvents, 'status'> {
  /** @param kind what it acknowledges or refuses; undefined when nothing was due */
  status(kind: SentKind | undefined, status: number, body: unknown): void;
}

/** One socket of a source, what the hub owes on it, and the signal by which handlers learn of its end. */
export class SourceSession implements NotificationOutlet {
  readonly link: SourceLink;
  private readonly acknowledgements: Acknowledgements;
  private readonly end = new AbortController();
  /** Responses that wait for the end of a new claim, or of the socket. */
  private waiting: (() => void)[] = [];

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
      ...events,
      configured: (config) => {
        this.acknowledgements.clear();
        for (const goOn of this.waiting.splice(0)) goOn();
        events.configured(config);
      },
      status: (status, body) => events.status(this.acknowledgements.take(), status, body),
      ended: (reason) => {
        this.acknowledgements.clear();
        this.end.abort();
        for (const goOn of this.waiting.splice(0)) goOn();
        events.ended(reason);
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
    while (!this.link.isConnected) {
      if (this.signal.aborted) throw new ConnectorError('The connection has ended', 'GOING_AWAY');
      await new Promise<void>((goOn) => this.waiting.push(goOn));
    }
    this.acknowledgements.sent('response');
    if (!this.link.send(text)) await this.link.drained();
  }

  /** Resolves true once everything sent is acknowledged, or false after a deadline in milliseconds. */
  settled(deadline: number): Promise<boolean> {
    return this.acknowledgements.settled(deadline);
  }
}
