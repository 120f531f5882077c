import { AsyncLocalStorage } from 'node:async_hooks';
import type { SourceHandlers } from '../../api/source-handlers.interface.js';
import { type ConnectorLogger, logFailure } from '../../logging/connector-logger.js';
import type { ConnectionOptions } from '../session/decide-settings.js';
import type { SourceSession } from '../session/source-session.js';
import { within } from '../session/within.js';
import { PublishRunner } from './publish-runner.js';
import { QueryRunner } from './query-runner.js';

/**
 * Runs the handlers of one source: connect and close one after the other, publishes one after the other in the order of
 * arrival, queries several at a time. No error of a handler ends the connection, except that of a connect handler.
 */
export class HandlerRunner {
  handlers: SourceHandlers = {};
  readonly lifecycle = new LifecycleSteps();
  readonly publishes: PublishRunner;
  readonly queries: QueryRunner;
  private readonly source: string;

  constructor(
    options: ConnectionOptions,
    private readonly logger: ConnectorLogger,
  ) {
    this.source = options.source;
    this.publishes = new PublishRunner(options, () => this.handlers, logger);
    this.queries = new QueryRunner(options, () => this.handlers, logger);
    this.hold();
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
}

/** Runs the connects and closes of one source one after the other. */
class LifecycleSteps {
  private chain: Promise<void> = Promise.resolve();
  /** Tells calls that come out of a connect or close handler. */
  private readonly current = new AsyncLocalStorage<{ running: boolean }>();

  /** Appends a step. */
  append(step: () => Promise<void>): void {
    this.chain = this.chain.then(step);
  }

  /** Runs a handler as part of the current step. */
  async run(handler: () => unknown): Promise<void> {
    const step = { running: true };
    try {
      await this.current.run(step, handler);
    } finally {
      step.running = false;
    }
  }

  /** Resolves when all steps have ended; at once within one of them, which would wait for itself. */
  ended(): Promise<void> {
    return this.current.getStore()?.running ? Promise.resolve() : this.chain;
  }
}
