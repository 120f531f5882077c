import { pause, thrownIs, thrownName } from '@millrace/protocol';
import { ConnectorConfigError } from '../../errors/connector.error.js';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { HandlerRunner } from '../handlers/handler-runner.js';
import type { NotificationSender } from '../outbox/notification-sender.js';
import type { AttemptLoop } from './attempt-loop.js';
import type { ConnectionState } from './connection-state.js';
import type { SourceSession } from './source-session.js';

/** How long acknowledgements may be outstanding before a new claim on the same socket, in milliseconds. */
const ACKNOWLEDGEMENT_DEADLINE = 2000;
/** Least time between two new claims that a hub asks for, in milliseconds; hubs wait 10 s for one. */
const LEAST_INTERVAL = 1000;

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
  /** When the hub last asked for a new claim, and got it. */
  private claimedAt = -Infinity;

  constructor(private readonly parts: ServiceParts) {}

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

  /**
   * The hub asks for a new claim by `reconnectRequired` (connector§4.6): ends the service, and claims on the same socket
   * once everything sent is acknowledged.
   */
  async renew(session: SourceSession): Promise<void> {
    if (!this.current || this.current.over) return;
    const { sender, handlers, loop, logger } = this.parts;
    logger.log('The hub asks for a new claim');
    sender.pause();
    this.finish();
    // Publishes are held back until the new configuration has been read, so they cannot make room for it.
    handlers.readOn();
    // A hub that asks again after each claim would be answered by a storm of them.
    const due = this.claimedAt + LEAST_INTERVAL - performance.now();
    if (due > 0) await pause(due, session.signal);
    const settled = await session.settled(ACKNOWLEDGEMENT_DEADLINE);
    if (!session.isOpen) return;
    if (settled) {
      this.claimedAt = performance.now();
      session.link.claim();
      return;
    }
    // A status of the claim could not be distinguished from an acknowledgement: start on a new socket.
    loop.comeBackAtOnce();
    session.link.close();
  }

  private async open(period: ServicePeriod, config: unknown): Promise<void> {
    const { handlers, sender, state, loop, logger } = this.parts;
    // Ended while earlier handlers ran: there is nothing to serve.
    if (period.over) return;
    try {
      await handlers.connect(period.session, config);
    } catch (error) {
      if (thrownIs(error, ConnectorConfigError)) loop.fatal = error;
      period.session.link.fail('The connect handler failed', 1011);
      // The message of a handler's error may quote the configuration, which holds passwords.
      logger.error(`The connect handler failed: ${thrownName(error)}`);
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
}
