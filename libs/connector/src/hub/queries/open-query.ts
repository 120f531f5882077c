import { startTimer, type Timer } from '@millrace/protocol';
import type { HubSettings } from '../../connector-hub.options.js';
import { HubQueryError } from '../../errors/query.errors.js';
import { QUERY_EMPTY } from '../../protocol/constants.js';
import { readErrorReport } from '../../protocol/error-report.js';
import type { ResponseMessage } from '../../protocol/messages.js';
import { hubError } from './hub-errors.js';
import type { AwaitedQuery } from './answerable.js';

/** A query that waits for responses (connector§5.3). It ends once: by the last response, an error or its timeout. */
export class OpenQuery implements AwaitedQuery {
  private readonly timer: Timer;
  private ended = false;

  /** @param timeout time without a response after which it fails, in milliseconds */
  constructor(
    private readonly source: string,
    timeout: number,
    private readonly limits: Pick<HubSettings, 'maxRows' | 'maxResultBytes'>,
    private readonly sink: RowSink,
    private readonly onEnd: () => void,
  ) {
    this.timer = startTimer(() => this.fail(hubError('queryTimeout', source, timeout)), timeout);
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  respond({ status, body }: ResponseMessage, bytes: number): void {
    if (this.ended) return;
    const kind = responseKind(status);
    if (kind === 'error') {
      this.fail(new HubQueryError(readErrorReport(body), 'PEER_FAILED', status));
      return;
    }
    const rows = rowsOf(status, body);
    const { held } = this.sink;
    if (held.rows + rows.length > this.limits.maxRows || held.bytes + bytes > this.limits.maxResultBytes) {
      this.fail(hubError('resultTooLarge', this.source));
      return;
    }
    if (rows.length > 0) this.sink.rows(rows, bytes);
    if (kind === 'complete') {
      this.finish();
      this.sink.end();
    } else this.timer.restart();
  }

  /** Does nothing to a query that has ended. */
  fail(error: Error): void {
    if (this.ended) return;
    this.finish();
    this.sink.fail(error);
  }

  /** Ends without a word to those who wait for rows: they learn otherwise that it was not sent. */
  discard(): void {
    if (!this.ended) this.finish();
  }

  private finish(): void {
    this.ended = true;
    this.timer.stop();
    this.onEnd();
  }
}

/** What one response does to its query (connector§5.3, rules 1 to 3 and 8). */
type ResponseKind = 'partial' | 'complete' | 'error';

export function responseKind(status: number): ResponseKind {
  if (status >= 300) return 'error';
  return status < 200 ? 'partial' : 'complete';
}

/**
 * Rows of one response: an array holds several, anything else is one. A 204 adds none, whatever its body; an absent
 * body adds none either.
 */
export function rowsOf(status: number, body: unknown): readonly unknown[] {
  if (status === QUERY_EMPTY || body === undefined || body === null) return [];
  return Array.isArray(body) ? (body as unknown[]) : [body];
}

/** Where the rows of one query go. */
export interface RowSink {
  rows(rows: readonly unknown[], bytes: number): void;
  end(): void;
  fail(error: Error): void;
  /** Rows and bytes that count against the limits. */
  readonly held: { readonly rows: number; readonly bytes: number };
}
