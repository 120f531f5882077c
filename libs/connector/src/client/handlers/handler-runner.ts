import type { QueryResponder } from '../../api/query-responder.js';
import type { SourceHandlers } from '../../api/source-handlers.interface.js';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { SourceSession } from '../session/source-session.js';
import { within } from '../session/within.js';
import { LifecycleSteps } from './lifecycle-steps.js';
import { logFailure } from './log-failure.js';
import { PublishRunner, type PublishRunnerOptions } from './publish-runner.js';
import { QueryRunner, type QueryRunnerOptions } from './query-runner.js';

/**
 * Runs the handlers of one source: connect and close one after the other, publishes one after the other in the order of
 * arrival, queries several at a time. No error of a handler ends the connection, except that of a connect handler.
 */
export class HandlerRunner {
  handlers: SourceHandlers = {};
  readonly lifecycle = new LifecycleSteps();
  private readonly publishes: PublishRunner;
  private readonly queries: QueryRunner;
  private readonly source: string;

  constructor(
    options: PublishRunnerOptions & QueryRunnerOptions,
    private readonly logger: ConnectorLogger,
  ) {
    this.source = options.source;
    this.publishes = new PublishRunner(options, () => this.handlers, logger);
    this.queries = new QueryRunner(options, () => this.handlers, logger);
    this.hold();
  }

  /** Publishes waiting for their handler, the running one included. */
  get waitingPublishes(): number {
    return this.publishes.queue.size;
  }

  /** Queries running and waiting. */
  get openQueries(): number {
    return this.queries.queue.size;
  }

  /** Keeps publishes and queries back until the connect handler has ended. */
  hold(): void {
    this.publishes.queue.hold();
    this.queries.queue.hold();
  }

  release(): void {
    this.publishes.queue.release();
    this.queries.queue.release();
  }

  /** Reads on, however many publishes wait. */
  readOn(): void {
    this.publishes.readOn();
  }

  /** Whether all handlers ended within a deadline in milliseconds. */
  idle(deadline: number): Promise<boolean> {
    return within(Promise.all([this.publishes.queue.drained(), this.queries.queue.drained()]), deadline);
  }

  async connect({ signal }: SourceSession, config: unknown): Promise<void> {
    await this.lifecycle.run(() => this.handlers.connect?.({ source_name: this.source, signal }, config));
  }

  async close({ signal }: SourceSession): Promise<void> {
    try {
      await this.lifecycle.run(() => this.handlers.close?.({ source_name: this.source, signal }));
    } catch (error) {
      logFailure(this.logger, 'close', error);
    }
  }

  publish(session: SourceSession, object: unknown): void {
    this.publishes.publish(session, object);
  }

  query(session: SourceSession, object: unknown, address: string): void {
    this.queries.query(session, object, address);
  }

  /** The responder of an open query. */
  responder(address: string): QueryResponder | undefined {
    return this.queries.responder(address);
  }
}
