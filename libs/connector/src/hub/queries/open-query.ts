import { HubQueryError } from '../../errors/hub-query.error.js';
import { readErrorReport } from '../../protocol/error-report.js';
import { responseKind, rowsOf } from '../../protocol/rows.js';
import { queryTimeout, resultTooLarge } from './hub-errors.js';
import type { RowSink } from './row-sink.js';

export interface OpenQueryOptions {
  readonly source: string;
  /** Time without a response after which the query fails, in milliseconds. */
  readonly timeout: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** A query that waits for responses (connector§5.3). It ends once: by the last response, an error or its timeout. */
export class OpenQuery {
  private readonly timer: NodeJS.Timeout;
  private ended = false;

  constructor(
    private readonly options: OpenQueryOptions,
    private readonly sink: RowSink,
    private readonly onEnd: () => void,
  ) {
    this.timer = setTimeout(() => this.fail(queryTimeout(options.source, options.timeout)), options.timeout);
  }

  /** Takes one response. */
  respond(status: number, body: unknown, bytes: number): void {
    const kind = responseKind(status);
    if (kind === 'error') {
      this.fail(new HubQueryError(readErrorReport(body), 'PEER_FAILED', status));
      return;
    }
    const rows = rowsOf(status, body);
    const { held } = this.sink;
    if (held.rows + rows.length > this.options.maxRows || held.bytes + bytes > this.options.maxBytes) {
      this.fail(resultTooLarge(this.options.source));
      return;
    }
    try {
      if (rows.length > 0) this.sink.rows(rows, bytes);
    } catch (error) {
      // The asker's own callback failed: that is the asker's affair, not the session's.
      this.fail(error instanceof Error ? error : new Error('The row callback failed'));
      return;
    }
    if (kind === 'complete') {
      this.finish();
      this.sink.end();
    } else this.timer.refresh();
  }

  /** Does nothing to a query that has ended. */
  fail(error: Error): void {
    if (this.ended) return;
    this.finish();
    this.sink.fail(error);
  }

  private finish(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.onEnd();
  }
}
