import { ConnectorConfigError } from '../../errors/connector.error.js';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { HandlerRunner } from '../handlers/handler-runner.js';
import type { NotificationSender } from '../outbox/notification-sender.js';
import type { AttemptLoop } from './attempt-loop.js';
import type { ConnectionState } from './connection-state.js';
import type { SourceSession } from './source-session.js';

/** The time from a configuration to the end of the socket or to the next claim on it. */
interface ServicePeriod {
  readonly session: SourceSession;
  /** Whether the connect handler has completed: then, and only then, the close handler is due. */
  opened: boolean;
  /** The socket has ended, or a new claim is under way. */
  over: boolean;
}

/** What the periods of one source work with. */
export interface ServiceParts {
  readonly handlers: HandlerRunner;
  readonly sender: NotificationSender;
  readonly state: ConnectionState;
  readonly loop: AttemptLoop;
  readonly logger: ConnectorLogger;
}

/** Begins and ends the service of a source: runs its connect and close handlers, and lets everything else flow between. */
export class ServicePeriods {
  private current: ServicePeriod | undefined;

  constructor(private readonly parts: ServiceParts) {}

  /** Whether a session is in service, or its connect handler runs. */
  get isOpen(): boolean {
    return this.current !== undefined && !this.current.over;
  }

  /** A configuration has come: runs the connect handler, then lets everything else flow. */
  begin(session: SourceSession, config: unknown): void {
    const { loop, sender, handlers } = this.parts;
    const period: ServicePeriod = { session, opened: false, over: false };
    this.current = period;
    loop.served();
    sender.restart();
    handlers.hold();
    handlers.lifecycle.append(() => this.open(period, config));
  }

  /** The period is over: runs the close handler, once, if the connect handler completed. */
  finish(): void {
    const { handlers, state } = this.parts;
    const { current } = this;
    if (!current || current.over) return;
    current.over = true;
    handlers.hold();
    handlers.lifecycle.append(async () => {
      if (!current.opened) return;
      state.closes += 1;
      await handlers.close(current.session);
      state.isConnected = false;
    });
  }

  private async open(period: ServicePeriod, config: unknown): Promise<void> {
    const { handlers, sender, state, logger } = this.parts;
    // Ended while earlier handlers ran: there is nothing to serve.
    if (period.over) return;
    try {
      await handlers.connect(period.session, config);
    } catch (error) {
      this.connectFailed(period.session, error);
      return;
    }
    period.opened = true;
    state.connects += 1;
    state.isConnected = true;
    if (period.over) return;
    state.attempts = 0;
    state.enter('connected');
    logger.log('Connected');
    sender.attach(period.session);
    handlers.release();
  }

  private connectFailed(session: SourceSession, error: unknown): void {
    if (error instanceof ConnectorConfigError) this.parts.loop.fatal = error;
    session.link.fail('The connect handler failed', 1011);
    // The message of a handler's error may quote the configuration, which holds passwords.
    this.parts.logger.error(`The connect handler failed: ${error instanceof Error ? error.name : 'unknown error'}`);
  }
}
