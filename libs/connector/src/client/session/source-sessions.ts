import { thrownText } from '@millrace/protocol';
import type { LinkEnd } from '../link/link.interface.js';
import { describeRefusal } from '../link/opening-step.js';
import type { SentKind } from './acknowledgements.js';
import type { ConnectionOptions } from './decide-settings.js';
import { type ServiceParts, ServicePeriods } from './service-periods.js';
import { SourceSession } from './source-session.js';

const NAMES: Readonly<Record<SentKind, string>> = { notification: 'a notification', response: 'a query response' };

/** Makes one session after the other for a source, and brings what they say to handlers, sender and state. */
export class SourceSessions {
  /** The session of the attempt under way. */
  current: SourceSession | undefined;
  // Holds the reconnect secret: a private field, which no string form shows.
  readonly #options: ConnectionOptions;
  private readonly periods: ServicePeriods;

  constructor(
    options: ConnectionOptions,
    private readonly parts: ServiceParts,
  ) {
    this.#options = options;
    this.periods = new ServicePeriods(parts);
  }

  /** One attempt: resolves when its socket has ended. */
  connect(token: string | null): Promise<LinkEnd> {
    return new Promise((resolve) => {
      try {
        this.current = this.open(token, resolve);
      } catch (error) {
        // The WebSocket refuses impossible arguments in its constructor.
        resolve({ kind: 'failed', message: thrownText(error) });
      }
    });
  }

  private open(token: string | null, onEnd: (end: LinkEnd) => void): SourceSession {
    const { handlers, sender, state, loop, logger } = this.parts;
    const options = { ...this.#options, token };
    const session: SourceSession = new SourceSession(options, {
      phase: (phase) => phase !== 'connected' && state.enter(phase),
      configured: (config) => this.periods.begin(session, config),
      publish: (object) => {
        loop.hasWorked();
        handlers.publish(session, object);
      },
      query: (object, address) => {
        loop.hasWorked();
        handlers.queries.query(session, object, address);
      },
      reconnectRequired: () => {
        loop.hasWorked();
        void this.periods.renew(session);
      },
      status: (kind, status, body) => this.status(kind, status, body),
      odd: (message) => logger.debug(message),
      ended: (end) => {
        handlers.queries.forget(session);
        this.periods.finish();
        sender.restart();
        this.current = undefined;
        onEnd(end);
      },
    });
    return session;
  }

  private status(kind: SentKind | undefined, status: number, body: unknown): void {
    const refused = status >= 300;
    if (kind && !refused) this.parts.loop.hasWorked();
    if (kind === 'notification') this.parts.sender.answered(refused);
    if (refused)
      this.parts.state.note(`The hub refused ${kind ? NAMES[kind] : 'a message'}: ${describeRefusal(status, body)}`);
  }
}
