import { AsyncLocalStorage } from 'node:async_hooks';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import { answerWith, noHandlerReport, reportOf } from './answer-query.js';
import type { ConnectionOptions } from '../session/connection-options.js';
import type { NotificationSender } from '../outbox/notification-sender.js';
import { QueryResponder } from '../../api/query-responder.js';
import type { SourceHandlers } from '../../api/source-handlers.interface.js';
import type { SourceLink } from '../link/source-link.js';
import { within } from '../within.js';
import { WorkQueue } from './work-queue.js';

/**
 * Runs the handlers of one source: connect and close one after the other, publishes one after the other in the order of
 * arrival, queries several at a time. No error of a handler ends the connection, but that of a connect handler.
 */
export class HandlerRunner {
  handlers: SourceHandlers = {};
  private readonly publishQueue = new WorkQueue(1);
  private readonly queryQueue: WorkQueue;
  private readonly responders = new Map<string, QueryResponder>();
  private readonly sessions = new WeakSet<AbortSignal>();
  private chain: Promise<void> = Promise.resolve();
  private paused: SourceLink | undefined;
  /** Tells calls that come out of a connect or close handler. */
  private readonly step = new AsyncLocalStorage<{ running: boolean }>();

  // Holds the reconnect secret: a private field, which no string form shows.
  readonly #options: ConnectionOptions;

  constructor(
    options: ConnectionOptions,
    private readonly sender: NotificationSender,
    private readonly logger: ConnectorLogger,
  ) {
    this.#options = options;
    this.queryQueue = new WorkQueue(options.maxParallelQueries);
    this.hold();
  }

  get publishes(): number {
    return this.publishQueue.size;
  }

  get queries(): number {
    return this.queryQueue.size;
  }

  /** Keeps publishes and queries back until the connect handler has ended. */
  hold(): void {
    this.publishQueue.hold();
    this.queryQueue.hold();
  }

  release(): void {
    this.publishQueue.release();
    this.queryQueue.release();
  }

  /** Appends a step to the row of connects and closes. */
  lifecycle(step: () => Promise<void>): void {
    this.chain = this.chain.then(step);
  }

  /** Resolves when the row of connects and closes is empty; at once within one of them, which would wait for itself. */
  settled(): Promise<void> {
    return this.step.getStore()?.running ? Promise.resolve() : this.chain;
  }

  /** Reads on, however many publishes wait. */
  readOn(): void {
    this.paused?.resume();
    this.paused = undefined;
  }

  /** Whether all handlers ended within a deadline. */
  idle(deadline: number): Promise<boolean> {
    return within(Promise.all([this.publishQueue.drained(), this.queryQueue.drained()]), deadline);
  }

  async connect(config: unknown, signal: AbortSignal): Promise<void> {
    await this.inStep(() => this.handlers.connect?.({ source_name: this.#options.source, signal }, config));
  }

  async close(signal: AbortSignal): Promise<void> {
    try {
      await this.inStep(() => this.handlers.close?.({ source_name: this.#options.source, signal }));
    } catch (error) {
      this.failed('close', error);
    }
  }

  publish(object: unknown, signal: AbortSignal, link: SourceLink): void {
    const { source, maxWaitingPublishes } = this.#options;
    this.publishQueue.push(async () => {
      try {
        await this.handlers.publish?.({ source_name: source, signal }, object);
      } catch (error) {
        this.failed('publish', error);
      }
      if (this.publishQueue.size <= maxWaitingPublishes / 2) this.readOn();
    });
    // Nothing may be dropped, and memory is bounded: only now does reading wait.
    if (this.publishQueue.size < maxWaitingPublishes) return;
    this.paused = link;
    link.pause();
  }

  query(object: unknown, address: string, signal: AbortSignal, link: SourceLink): void {
    const responder = this.makeResponder(address, signal, link);
    if (this.queryQueue.size >= this.#options.maxParallelQueries + this.#options.maxWaitingQueries) {
      void this.refuseBusy(responder);
      return;
    }
    this.responders.set(address, responder);
    this.queryQueue.push(() => this.answer(responder, object));
  }

  responder(address: string): QueryResponder | undefined {
    return this.responders.get(address);
  }

  private async inStep(work: () => unknown): Promise<void> {
    const step = { running: true };
    try {
      await this.step.run(step, work);
    } finally {
      step.running = false;
    }
  }

  private makeResponder(address: string, signal: AbortSignal, link: SourceLink): QueryResponder {
    const { source, maxResponseBytes } = this.#options;
    this.forgetAfter(signal);
    const send = async (text: string): Promise<void> => {
      // During a new claim the hub would take the response for something else.
      await link.whenConnected();
      this.sender.sentResponse();
      if (!link.send(text)) await link.drained();
    };
    return new QueryResponder(source, address, signal, send, maxResponseBytes, () => this.responders.delete(address));
  }

  /** Queries do not outlive their session; one listener sees to all of them. */
  private forgetAfter(signal: AbortSignal): void {
    if (this.sessions.has(signal)) return;
    this.sessions.add(signal);
    const forget = (): void => {
      for (const [address, responder] of this.responders)
        if (responder.signal === signal) this.responders.delete(address);
    };
    signal.addEventListener('abort', forget, { once: true });
  }

  private async answer(responder: QueryResponder, object: unknown): Promise<void> {
    if (responder.signal.aborted) return;
    const { source } = this.#options;
    try {
      const handler = this.handlers.query;
      if (!handler) await responder.error(noHandlerReport(source));
      else await answerWith(responder, await handler(responder, object));
    } catch (error) {
      await this.answerError(responder, error);
    }
  }

  private async answerError(responder: QueryResponder, error: unknown): Promise<void> {
    if (responder.signal.aborted) return;
    const report = reportOf(error, this.#options.source);
    if (report.messageCode === 'millrace.connector.queryFailed') this.failed('query', error);
    try {
      if (!responder.isFinished) await responder.error(report);
    } catch (second) {
      this.failed('query', second);
    }
  }

  private async refuseBusy(responder: QueryResponder): Promise<void> {
    try {
      await responder.error({
        messageCode: 'millrace.connector.busy',
        messageTemplate: 'Source {0} has too many queries to answer',
        parameters: [this.#options.source],
      });
    } catch (error) {
      this.failed('query', error);
    }
  }

  private failed(handler: string, error: unknown): void {
    this.logger.error(
      `The ${handler} handler failed: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}`,
    );
  }
}
