import { pause } from '@millrace/core';
import { ConnectorConfigError } from '../../errors/connector-config.error.js';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { AttemptLoop } from './attempt-loop.js';
import type { ConnectionState } from './connection-state.js';
import type { HandlerRunner } from '../handlers/handler-runner.js';
import type { NotificationSender } from '../outbox/notification-sender.js';
import type { SourceLink } from '../link/source-link.js';
import type { SourceSession } from './source-session.js';

/** How long acknowledgements may be outstanding before a new claim on the same socket, in milliseconds. */
const RECLAIM_PATIENCE = 2000;

/** Least time between two new claims that a hub asks for, in milliseconds; hubs wait 10 s for one. */
const RECLAIM_PAUSE = 1000;

/** Begins and ends the service periods of a source: runs its connect and close handlers, and lets the rest flow between. */
export class SessionKeeper {
  private session: SourceSession | undefined;
  /** When the hub last asked for a new claim, and got it. */
  private reclaimed = -Infinity;

  constructor(
    private readonly handlers: HandlerRunner,
    private readonly sender: NotificationSender,
    private readonly state: ConnectionState,
    private readonly loop: AttemptLoop,
    private readonly logger: ConnectorLogger,
  ) {}

  /** A configuration has come: runs the connect handler, then lets everything else flow. */
  begin(link: SourceLink, signal: AbortSignal, config: unknown): void {
    const session: SourceSession = { link, signal, opened: false, over: false };
    this.session = session;
    this.loop.served();
    this.sender.restart();
    this.handlers.hold();
    this.handlers.lifecycle(() => this.open(session, config));
  }

  /** The session is over: runs the close handler, once, if the connect handler completed. */
  finish(): void {
    const { session } = this;
    if (!session || session.over) return;
    session.over = true;
    this.handlers.hold();
    this.handlers.lifecycle(async () => {
      if (!session.opened) return;
      this.state.closes += 1;
      await this.handlers.close(session.signal);
      this.state.isConnected = false;
    });
  }

  /** `reconnectRequired` (protocol section 4.6): a new claim on the same socket, once everything sent is acknowledged. */
  claimAnew(link: SourceLink): void {
    const { session } = this;
    if (!session || session.over) return;
    this.logger.log('The hub asks for a new claim');
    this.sender.pause();
    this.finish();
    // Publishes are held back until the new configuration has been read, so they cannot make room for it.
    this.handlers.readOn();
    void this.settled(session.signal).then((settled) => {
      if (!link.isOpen) return;
      if (settled) {
        this.reclaimed = performance.now();
        link.claim();
        return;
      }
      // Statuses of the claim could not be told from acknowledgements: start on a new socket.
      this.loop.comeBackAtOnce();
      link.close();
    });
  }

  /** Waits until a new claim may be sent. Answers whether everything sent before is acknowledged. */
  private async settled(signal: AbortSignal): Promise<boolean> {
    const due = this.reclaimed + RECLAIM_PAUSE - performance.now();
    // A hub that asks again after each claim would be answered by a storm of them.
    if (due > 0) await pause(due, signal);
    return this.sender.settled(RECLAIM_PATIENCE);
  }

  private async open(session: SourceSession, config: unknown): Promise<void> {
    // Ended while earlier handlers ran: nobody has served it.
    if (session.over) return;
    try {
      await this.handlers.connect(config, session.signal);
    } catch (error) {
      if (error instanceof ConnectorConfigError) this.loop.fatal = error;
      session.link.fail('The connect handler failed', 1011);
      // The message of a handler's error may quote the configuration, which holds passwords.
      this.logger.error(`The connect handler failed: ${error instanceof Error ? error.name : 'unknown error'}`);
      return;
    }
    session.opened = true;
    this.state.connects += 1;
    this.state.isConnected = true;
    if (session.over) return;
    this.state.attempts = 0;
    this.state.enter('connected');
    this.logger.log('Connected');
    this.sender.attach(session.link);
    this.handlers.release();
  }
}
