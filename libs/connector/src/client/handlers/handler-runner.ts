import { AsyncLocalStorage } from 'node:async_hooks';
import type { SourceHandlers } from '../../api/source-handlers.interface.js';
import { type ConnectorLogger, logFailure } from '../../logging/connector-logger.js';
import type { ConnectionOptions } from '../session/decide-settings.js';
import type { SourceSession } from '../session/source-session.js';
import { QueryRunner } from './query-runner.js';
import { WorkQueue } from './work-queue.js';

/**
 * Runs the handlers of one source: connect and close one after the other, publishes one after the other in the order of
 * arrival, queries several at a time. No error of a handler ends the connection, except that of a connect handler.
 */
export class HandlerRunner {
  handlers: SourceHandlers = {};
  readonly lifecycle = new LifecycleSteps();
  readonly publishes = new WorkQueue(1);
  readonly queries: QueryRunner;
  // Not the options as a whole: they hold the reconnect secret, and this has a string form.
  private readonly source: string;
  private readonly maxWaitingPublishes: number;
  /** Its socket is not read while too many publishes wait. */
  private unread: SourceSession | undefined;

  constructor(
    options: ConnectionOptions,
    private readonly logger: ConnectorLogger,
  ) {
    this.source = options.source;
    this.maxWaitingPublishes = options.maxWaitingPublishes;
    this.queries = new QueryRunner(options, () => this.handlers, logger);
    this.hold();
  }

  /** Keeps publishes and queries back until the connect handler has ended. */
  hold(): void {
    this.publishes.hold();
    this.queries.queue.hold();
  }

  release(): void {
    this.publishes.release();
    this.queries.queue.release();
  }

  /** Whether all handlers ended within a deadline in milliseconds. */
  async idle(deadline: number): Promise<boolean> {
    const [published, answered] = await Promise.all([
      this.publishes.drained(deadline),
      this.queries.queue.drained(deadline),
    ]);
    return published && answered;
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

  /** At `maxWaitingPublishes` the socket is not read until half of them are handled. */
  publish(session: SourceSession, object: unknown): void {
    const { signal } = session;
    this.publishes.push(async () => {
      try {
        await this.handlers.publish?.({ source_name: this.source, signal }, object);
      } catch (error) {
        logFailure(this.logger, 'publish', error);
      }
      if (this.publishes.size <= this.maxWaitingPublishes / 2) this.readOn();
    });
    // Nothing may be dropped, and memory is bounded: only now does reading wait.
    if (this.publishes.size < this.maxWaitingPublishes) return;
    this.unread = session;
    session.link.pause();
  }

  /** Reads on, however many publishes wait. */
  readOn(): void {
    this.unread?.link.resume();
    this.unread = undefined;
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
