import { QueryResponder } from '../../api/query-responder.js';
import type { SourceHandlers } from '../../api/source-handlers.interface.js';
import { type ConnectorLogger, logFailure } from '../../logging/connector-logger.js';
import type { ErrorReport } from '../../protocol/error-report.js';
import type { ConnectionOptions } from '../session/decide-settings.js';
import type { SourceSession } from '../session/source-session.js';
import { answerWith, busyReport, noHandlerReport, reportOf } from './answer-query.js';
import { WorkQueue } from './work-queue.js';

/** Runs the query handler of one source, several queries at a time, and answers each query once. */
export class QueryRunner {
  readonly queue: WorkQueue;
  // Holds the reconnect secret: a private field, which no string form shows.
  readonly #options: ConnectionOptions;
  private readonly source: string;
  private readonly responders = new Map<string, QueryResponder>();
  private readonly sessions = new WeakSet<SourceSession>();

  constructor(
    options: ConnectionOptions,
    private readonly handlers: () => SourceHandlers,
    private readonly logger: ConnectorLogger,
  ) {
    this.#options = options;
    this.source = options.source;
    this.queue = new WorkQueue(options.maxParallelQueries);
  }

  query(session: SourceSession, object: unknown, address: string): void {
    const responder = this.makeResponder(session, address);
    const { maxParallelQueries, maxWaitingQueries } = this.#options;
    if (this.queue.size >= maxParallelQueries + maxWaitingQueries) {
      void this.sendError(responder, busyReport(this.source));
      return;
    }
    this.responders.set(address, responder);
    this.queue.push(() => this.answer(responder, object));
  }

  /** The responder of an open query. */
  responder(address: string): QueryResponder | undefined {
    return this.responders.get(address);
  }

  private makeResponder(session: SourceSession, address: string): QueryResponder {
    this.forgetAfter(session);
    return new QueryResponder({
      source: this.source,
      address,
      signal: session.signal,
      maxBytes: this.#options.maxResponseBytes,
      send: (text) => session.respond(text),
      onFinish: () => this.responders.delete(address),
    });
  }

  /** Queries do not outlive their socket; one listener sees to all of them. */
  private forgetAfter(session: SourceSession): void {
    if (this.sessions.has(session)) return;
    this.sessions.add(session);
    const { signal } = session;
    const forget = (): void => {
      for (const [address, responder] of this.responders)
        if (responder.signal === signal) this.responders.delete(address);
    };
    signal.addEventListener('abort', forget, { once: true });
  }

  private async answer(responder: QueryResponder, object: unknown): Promise<void> {
    if (responder.signal.aborted) return;
    try {
      const handler = this.handlers().query;
      if (!handler) await responder.error(noHandlerReport(this.source));
      else await answerWith(responder, await handler(responder, object));
    } catch (error) {
      await this.answerError(responder, error);
    }
  }

  private async answerError(responder: QueryResponder, error: unknown): Promise<void> {
    if (responder.signal.aborted) return;
    const report = reportOf(error, this.source);
    if (report.messageCode === 'millrace.connector.queryFailed') logFailure(this.logger, 'query', error);
    if (!responder.isFinished) await this.sendError(responder, report);
  }

  private async sendError(responder: QueryResponder, report: ErrorReport): Promise<void> {
    try {
      await responder.error(report);
    } catch (error) {
      logFailure(this.logger, 'query', error);
    }
  }
}
