import { HandlerRunner } from '../client/handlers/handler-runner.js';
import { SourceNotifications } from '../client/outbox/source-notifications.js';
import type { TcpProbe } from '../client/probe/tcp-probe.js';
import { AttemptLoop } from '../client/session/attempt-loop.js';
import type { ConnectionOptions } from '../client/session/decide-settings.js';
import { ConnectionState, Scrubber } from '../client/session/connection-state.js';
import { SourceSessions } from '../client/session/source-sessions.js';
import { ConnectorError } from '../errors/connector.error.js';
import type { ErrorReport } from '../protocol/error-report.js';
import { isObject } from '../protocol/messages.js';
import type { OutboxQueue } from './outbox.port.js';
import type { QueryContext, QueryResponder } from './query-responder.js';
import type { SourceHandlers } from './source-handlers.interface.js';
import type { SourceState, SourceStatus } from './source-status.interface.js';

/**
 * The connection of one source: it keeps itself up, runs the handlers, and carries notifications (connector§4,
 * connector§5, connector§6, connector§7). Reading never waits for handlers.
 *
 * Token and reconnect secret are private fields: no string form, log line or error shows them.
 *
 * @publicApi
 */
export class SourceConnection {
  readonly name: string;
  private readonly notifications: SourceNotifications;
  private readonly handlers: HandlerRunner;
  private readonly connection: ConnectionState;
  private readonly loop: AttemptLoop;
  private readonly sessions: SourceSessions;

  /** @internal */
  constructor(
    options: ConnectionOptions,
    queue: OutboxQueue,
    private readonly probe: TcpProbe,
  ) {
    const { source, loggers } = options;
    this.name = source;
    const logger = loggers.for(SourceConnection.name, `${SourceConnection.name} ${source}`);
    const state = new ConnectionState(new Scrubber(options.secret), logger, () => this.status);
    const report = (message: string): void => state.note(message);
    this.connection = state;
    this.notifications = new SourceNotifications(queue, { source, ...options.outbox, report });
    this.handlers = new HandlerRunner(options, logger);
    this.loop = new AttemptLoop(options, state, logger, (token) => this.sessions.connect(token));
    const { handlers, loop } = this;
    this.sessions = new SourceSessions(options, { handlers, loop, state, logger, sender: this.notifications.sender });
  }

  /** Where the connection stands. */
  get state(): SourceState {
    return this.connection.state;
  }

  /** True from the end of the connect handler to the end of the close handler. */
  get isConnected(): boolean {
    return this.connection.isConnected;
  }

  /** State, counters and last error. */
  get status(): SourceStatus {
    return {
      source: this.name,
      ...this.connection.summary,
      notifications: this.notifications.counters,
      publishes: this.handlers.publishes.size,
      queries: this.handlers.queries.queue.size,
    };
  }

  /** Calls a listener at every change of state or error. @returns a function that removes it */
  onStatus(listener: (status: SourceStatus) => void): () => void {
    return this.connection.onStatus(listener);
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
    this.loop.start();
  }

  /**
   * Connects, stays connected, and resolves when the connection is closed by {@link close}.
   *
   * @throws ConnectorConfigError when the token is refused for good, or the first failure ended it by `failOnConnectionError`
   */
  async run(): Promise<void> {
    this.start();
    await this.loop.ended();
    if (this.loop.fatal) throw this.loop.fatal;
  }

  /**
   * Sends an event to the hub. Resolves when the outbox has taken it; it is delivered at least once, also when there is
   * no connection at the moment. See {@link flush} for waiting until the hub has it.
   *
   * @returns false when the overflow rule `dropNewest` dropped it
   * @throws ConnectorError when it is not a JSON object, the outbox is full under the rule `error`, or the connection is closed
   */
  notify(object: object): Promise<boolean> {
    return this.notifications.outbox.take(object);
  }

  /** Waits until the hub has acknowledged everything. @returns false when the deadline (milliseconds) passed first */
  flush(deadline = 10_000): Promise<boolean> {
    return this.notifications.outbox.flush(deadline);
  }

  /**
   * Answers a query by the context its handler got (connector§7.3). `QueryResponder` reads better in new code.
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

  /** Closes the socket, if there is one, and comes back at once; also ends a pause between two attempts. */
  reconnect(): void {
    const { current } = this.sessions;
    if (current) {
      this.loop.comeBackAtOnce();
      current.link.close();
    } else this.loop.hurry();
  }

  /**
   * Ends the connection for good. Resolves when the socket is closed and the close handler has ended; called in a connect
   * or close handler it does not wait for that one. Notifications still in the outbox stay in it as long as its driver
   * keeps them; call {@link flush} before.
   */
  async close(): Promise<void> {
    this.notifications.outbox.stopIntake();
    this.loop.stop();
    this.sessions.current?.link.close();
    await this.loop.ended();
    await this.handlers.lifecycle.ended();
    try {
      await this.notifications.close();
    } finally {
      if (this.state !== 'failed') this.connection.enter('closed');
    }
  }

  /** Waits for handlers under way and for the outbox, no longer than a deadline in milliseconds. Takes no more notifications. */
  async drain(deadline: number): Promise<boolean> {
    this.notifications.outbox.stopIntake();
    const [flushed, idle] = await Promise.all([
      this.notifications.outbox.flush(deadline),
      this.handlers.idle(deadline),
    ]);
    return flushed && idle;
  }

  /** State of the set's TCP probe (connector§9). */
  get isHealthy(): boolean | undefined {
    return this.probe.isHealthy;
  }

  declareHealthy(): Promise<void> {
    return this.probe.declareHealthy();
  }

  declareUnhealthy(): Promise<void> {
    return this.probe.declareUnhealthy();
  }

  private responderOf(context: Partial<QueryContext>): QueryResponder {
    const address = isObject(context) ? context['response_address'] : undefined;
    if (!isObject(context) || context['source_name'] !== this.name || typeof address !== 'string' || address === '') {
      throw new ConnectorError(
        `This is not the context of a query of source ${this.name}; pass the one that its query handler was given`,
        'INVALID',
      );
    }
    const responder = this.handlers.queries.responder(address);
    if (!responder)
      throw new ConnectorError('The query has had its last response, or its connection has ended', 'CONFLICT');
    return responder;
  }
}
