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
  private readonly source: string;
  /** Queries that may run and wait. */
  private readonly capacity: number;
  private readonly maxResponseBytes: number;
  private readonly responders = new Map<string, QueryResponder>();

  constructor(
    { source, maxParallelQueries, maxWaitingQueries, maxResponseBytes }: ConnectionOptions,
    private readonly handlers: () => SourceHandlers,
    private readonly logger: ConnectorLogger,
  ) {
    this.source = source;
    this.capacity = maxParallelQueries + maxWaitingQueries;
    this.maxResponseBytes = maxResponseBytes;
    this.queue = new WorkQueue(maxParallelQueries);
  }

  query(session: SourceSession, object: unknown, address: string): void {
    const responder = new QueryResponder({
      source: this.source,
      address,
      signal: session.signal,
      maxBytes: this.maxResponseBytes,
      send: (text) => session.respond(text),
      onFinish: () => this.responders.delete(address),
    });
    if (this.queue.size >= this.capacity) {
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

  /** Queries do not outlive their socket. */
  forget({ signal }: SourceSession): void {
    for (const [address, responder] of this.responders)
      if (responder.signal === signal) this.responders.delete(address);
  }

  private async answer(responder: QueryResponder, object: unknown): Promise<void> {
    if (responder.signal.aborted) return;
    try {
      const handler = this.handlers().query;
      if (!handler) await responder.error(noHandlerReport(this.source));
      else await answerWith(responder, await handler(responder, object));
    } catch (error) {
      if (responder.signal.aborted) return;
      const report = reportOf(error, this.source);
      if (report.messageCode === 'millrace.connector.queryFailed') logFailure(this.logger, 'query', error);
      if (!responder.isFinished) await this.sendError(responder, report);
    }
  }

  private async sendError(responder: QueryResponder, report: ErrorReport): Promise<void> {
    try {
      await responder.error(report);
    } catch (error) {
      logFailure(this.logger, 'query', error);
    }
  }
}
