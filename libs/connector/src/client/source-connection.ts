import { EventEmitter } from 'node:events';
import { pause } from '@millrace/core';
import { ConnectorConfigError } from '../errors/connector-config.error.js';
import { ConnectorError } from '../errors/connector.error.js';
import type { ConnectorLogger } from '../logging/connector-logger.js';
import type { OutboxQueue } from '../outbox/outbox.port.js';
import type { ErrorReport } from '../protocol/error-report.js';
import { RESPONSE_ADDRESS, SOURCE_NAME } from '../protocol/constants.js';
import { isObject } from '../protocol/messages.js';
import type { ConnectionOptions } from './connection-options.js';
import { HandlerRunner } from './handler-runner.js';
import type { LinkEnd } from './link-end.js';
import { NotificationSender } from './notification-sender.js';
import type { QueryContext } from './query-context.js';
import { ReconnectPolicy } from './reconnect-policy.js';
import { Scrubber } from './scrubber.js';
import type { SourceHandlers } from './source-handlers.interface.js';
import { SourceLink } from './source-link.js';
import type { SourceSession } from './source-session.js';
import type { SourceState, SourceStatus } from './source-status.interface.js';
import type { TcpProbe } from './tcp-probe.js';

/** How long acknowledgements may be outstanding before a new claim on the same socket, in milliseconds. */
const RECLAIM_PATIENCE = 2000;

/**
 * The connection of one source: it keeps itself up, runs the handlers, and carries notifications (protocol sections 4 to
 * 7). Reading never waits for handlers.
 *
 * Token and reconnect secret are private fields: no string form, log line or error shows them.
 *
 * @publicApi
 */
export class SourceConnection {
  readonly name: string;
  readonly #options: ConnectionOptions;
  readonly #scrubber: Scrubber;
  private readonly sender: NotificationSender;
  private readonly handlers: HandlerRunner;
  private readonly policy: ReconnectPolicy;
  private readonly probe: TcpProbe;
  private readonly logger: ConnectorLogger;
  private readonly emitter = new EventEmitter<{ status: [SourceStatus] }>();
  private readonly stop = new AbortController();
  private link: SourceLink | undefined;
  private session: SourceSession | undefined;
  private running: Promise<void> | undefined;
  private closing = false;
  /** Asked for by `reconnect()` or a fallback of the new claim: come back without a pause. */
  private atOnce = false;
  private current: SourceState = 'idle';
  private since = Date.now();
  private attempts = 0;
  private servedSince: number | undefined;
  private connects = 0;
  private closes = 0;
  private lastError: { message: string; at: number } | undefined;
  private fatal: ConnectorConfigError | undefined;
  private connected = false;

  constructor(options: ConnectionOptions, outbox: OutboxQueue, probe: TcpProbe) {
    this.name = options.source;
    this.#options = options;
    this.#scrubber = new Scrubber([options.secret]);
    this.probe = probe;
    this.logger = options.loggers.for(SourceConnection.name, `${SourceConnection.name} ${options.source}`);
    this.policy = new ReconnectPolicy(options.backoff, options.resetBackoffAfter);
    this.sender = new NotificationSender(outbox, {
      source: options.source,
      ...options.outbox,
      report: (message) => this.note(message),
    });
    this.handlers = new HandlerRunner(options, this.sender, this.logger);
  }

  /** Where the connection stands. */
  get state(): SourceState {
    return this.current;
  }

  /** True from the end of the connect handler to the end of the close handler. */
  get isConnected(): boolean {
    return this.connected;
  }

  /** State, counters and last error. */
  get status(): SourceStatus {
    return {
      source: this.name,
      state: this.current,
      since: this.since,
      attempts: this.attempts,
      connects: this.connects,
      closes: this.closes,
      ...(this.lastError && { lastError: this.lastError.message, lastErrorAt: this.lastError.at }),
      notifications: this.sender.counters,
      publishes: this.handlers.publishes,
      queries: this.handlers.queries,
    };
  }

  /** Calls a listener at every change of state or error. @returns a function that removes it */
  onStatus(listener: (status: SourceStatus) => void): () => void {
    this.emitter.on('status', listener);
    return () => this.emitter.off('status', listener);
  }

  /** Sets all four handlers; those left out are absent from then on. */
  configureHandlers(handlers: SourceHandlers): void {
    this.handlers.handlers = { ...handlers };
  }

  /** Handlers set so far, for those who add to them. */
  get configuredHandlers(): Readonly<SourceHandlers> {
    return this.handlers.handlers;
  }

  /** Connects, and stays connected. Harmless when repeated. */
  start(): void {
    this.running ??= this.keepUp();
  }

  /**
   * Connects, stays connected, and resolves when the connection is closed by {@link close}.
   *
   * @throws ConnectorConfigError when the token is refused for good, or the first failure was to end it
   */
  async run(): Promise<void> {
    this.start();
    await this.running;
    if (this.fatal) throw this.fatal;
  }

  /**
   * Sends an event to the hub. Resolves when the outbox has taken it; it is delivered at least once, also when there is
   * no connection at the moment. See {@link flush} for waiting until the hub has it.
   *
   * @returns false when the overflow rule `dropNewest` dropped it
   * @throws ConnectorError when it is no JSON object, the outbox is full under the rule `error`, or the connection is closed
   */
  notify(object: object): Promise<boolean> {
    return this.sender.notify(object);
  }

  /** Waits until the hub has acknowledged everything. @returns false when the deadline (milliseconds) passed first */
  flush(deadline = 10_000): Promise<boolean> {
    return this.sender.flush(deadline);
  }

  /**
   * Answers a query by the context its handler got (protocol section 7.3). `QueryResponder` reads better in new code.
   *
   * @throws ConnectorError when the context is not that of an open query of this source, the code is not 100, 200 or 204,
   *   or the body is missing; nothing is sent then
   */
  async sendQueryResponse(context: Partial<QueryContext>, code: number, body?: unknown): Promise<void> {
    await this.responderOf(context).respond(code, body);
  }

  /** Answers a query by an error. @throws ConnectorError as {@link sendQueryResponse}, and for an incomplete report */
  async sendQueryError(context: Partial<QueryContext>, error: ErrorReport): Promise<void> {
    await this.responderOf(context).error(error);
  }

  /** Closes the socket and comes back at once. */
  reconnect(): void {
    this.atOnce = true;
    this.link?.close();
  }

  /**
   * Ends the connection for good. Resolves when the socket is closed and the close handler has ended. Notifications still
   * in the outbox stay in it as long as its driver keeps them; call {@link flush} before.
   */
  async close(): Promise<void> {
    this.closing = true;
    this.sender.stopIntake();
    this.stop.abort();
    this.link?.close();
    await this.running;
    await this.handlers.settled();
    await this.sender.close();
    if (this.current !== 'failed') this.enter('closed');
  }

  /** Waits for handlers under way and for the outbox, no longer than a deadline in milliseconds. Takes no more notifications. */
  async drain(deadline: number): Promise<boolean> {
    this.sender.stopIntake();
    const [flushed, idle] = await Promise.all([this.sender.flush(deadline), this.handlers.idle(deadline)]);
    return flushed && idle;
  }

  /** State of the set's TCP probe (protocol section 9). */
  get isHealthy(): boolean | undefined {
    return this.probe.isHealthy;
  }

  declareHealthy(): Promise<void> {
    return this.probe.declareHealthy();
  }

  declareUnhealthy(): Promise<void> {
    return this.probe.declareUnhealthy();
  }

  private responderOf(context: Partial<QueryContext>) {
    const address = isObject(context) ? context[RESPONSE_ADDRESS] : undefined;
    if (!isObject(context) || context[SOURCE_NAME] !== this.name || typeof address !== 'string' || address === '') {
      throw new ConnectorError(`This is not the context of a query of source ${this.name}`, 'INVALID');
    }
    const responder = this.handlers.responder(address);
    if (!responder) throw new ConnectorError('The query is answered, or its connection has ended', 'CONFLICT');
    return responder;
  }

  /** One attempt after the other, until closed or failed. */
  private async keepUp(): Promise<void> {
    while (!this.closing) {
      this.attempts += 1;
      this.servedSince = undefined;
      const end = await this.attempt();
      if (this.closing) return;
      const served = this.servedSince === undefined ? 0 : Date.now() - this.servedSince;
      if (end.kind !== 'closed') this.note(end.message);
      if (this.isFinal(end)) return;
      if (this.atOnce) {
        this.atOnce = false;
        continue;
      }
      const milliseconds = this.policy.pauseAfter(served);
      this.enter('waiting');
      this.logger.debug(`Next attempt in ${Math.round(milliseconds)} ms`);
      await pause(milliseconds, this.stop.signal);
    }
  }

  private isFinal(end: LinkEnd): boolean {
    if (this.fatal === undefined) {
      const message = this.#scrubber.clean(end.message);
      if (end.kind === 'auth-refused') this.fatal = new ConnectorConfigError(message);
      else if (this.#options.failOnConnectionError && end.kind !== 'closed') {
        this.fatal = new ConnectorConfigError(message, 'failOnConnectionError');
      }
    }
    if (!this.fatal) return false;
    this.logger.error(`Gave up: ${this.fatal.message}`);
    this.enter('failed');
    return true;
  }

  private async attempt(): Promise<LinkEnd> {
    this.enter('connecting');
    let token: string | null;
    try {
      token = await this.#options.token();
    } catch {
      // The error may quote what it read.
      return { kind: 'failed', message: 'The token could not be read' };
    }
    if (this.closing) return { kind: 'closed', message: 'Closed by client' };
    this.#scrubber.token = token;
    return new Promise((resolve) => this.open(token, resolve));
  }

  private open(token: string | null, resolve: (end: LinkEnd) => void): void {
    const ended = new AbortController();
    const session = (): SourceSession => ({ link, signal: ended.signal, opened: false, over: false });
    let link: SourceLink;
    try {
      link = new SourceLink(
        { ...this.#options, token },
        {
          phase: (phase) => phase !== 'connected' && this.enter(phase),
          configured: (config) => this.begin(session(), config),
          publish: (object) => this.handlers.publish(object, ended.signal, link),
          query: (object, address) => this.handlers.query(object, address, ended.signal, link),
          reconnectRequired: () => this.claimAnew(link),
          status: (status, body) => this.reported(status, body),
          odd: (message) => this.logger.debug(message),
          ended: (end) => {
            ended.abort();
            this.finish();
            this.sender.restart();
            this.link = undefined;
            resolve(end);
          },
        },
      );
    } catch (error) {
      // The WebSocket refuses impossible arguments in its constructor.
      resolve({ kind: 'failed', message: error instanceof Error ? error.message : 'The connection failed' });
      return;
    }
    this.link = link;
  }

  /** A configuration has come: runs the connect handler, then lets everything else flow. */
  private begin(session: SourceSession, config: unknown): void {
    this.session = session;
    this.servedSince ??= Date.now();
    this.sender.restart();
    this.handlers.hold();
    this.handlers.lifecycle(async () => {
      try {
        await this.handlers.connect(config, session.signal);
      } catch (error) {
        if (error instanceof ConnectorConfigError) this.fatal = error;
        // The message of a handler's error may quote the configuration, which holds passwords.
        session.link.fail('The connect handler failed', 1011);
        this.logger.error(`The connect handler failed: ${error instanceof Error ? error.name : 'unknown error'}`);
        return;
      }
      session.opened = true;
      this.connects += 1;
      this.connected = true;
      if (session.over) return;
      this.attempts = 0;
      this.enter('connected');
      this.logger.log('Connected');
      this.sender.attach(session.link);
      this.handlers.release();
    });
  }

  /** The session is over: runs the close handler, once, if the connect handler completed. */
  private finish(): void {
    const { session } = this;
    if (!session || session.over) return;
    session.over = true;
    this.handlers.hold();
    this.handlers.lifecycle(async () => {
      if (!session.opened) return;
      this.closes += 1;
      await this.handlers.close(session.signal);
      this.connected = false;
    });
  }

  /** `reconnectRequired` (protocol section 4.6): a new claim on the same socket, once everything sent is acknowledged. */
  private claimAnew(link: SourceLink): void {
    if (this.session?.over) return;
    this.logger.log('The hub asks for a new claim');
    this.sender.pause();
    this.finish();
    void this.sender.settled(RECLAIM_PATIENCE).then((settled) => {
      if (!link.isOpen) return;
      if (settled) {
        link.claim();
        return;
      }
      // Statuses of the claim could not be told from acknowledgements: start on a new socket.
      this.atOnce = true;
      link.close();
    });
  }

  private reported(status: number, body: unknown): void {
    const kind = this.sender.status(status >= 300);
    if (status < 300) return;
    const what = kind === 'notification' ? 'a notification' : kind === 'response' ? 'a query response' : 'a message';
    this.note(`The hub refused ${what}: ${this.handlers.refusalText(status, body)}`);
  }

  private note(message: string): void {
    const clean = this.#scrubber.clean(message);
    this.lastError = { message: clean, at: Date.now() };
    this.logger.warn(clean);
    this.emitter.emit('status', this.status);
  }

  private enter(state: SourceState): void {
    if (this.current === state) return;
    this.current = state;
    this.since = Date.now();
    this.emitter.emit('status', this.status);
  }
}
