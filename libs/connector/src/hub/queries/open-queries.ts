import { randomUUID } from 'node:crypto';
import { startTimer, type Timer } from '@millrace/protocol';
import { hubError } from './hub-errors.js';
import type { HubSettings } from '../../connector-hub.options.js';
import { HubQueryError } from '../../errors/query.errors.js';
import { readErrorReport } from '../../protocol/error-report.js';
import { QUERY_EMPTY } from '../../protocol/constants.js';

/** The queries one session has to answer, by their addresses (connector§5.3). */
export class OpenQueries {
  private readonly queries = new Map<string, OpenQuery>();

  constructor(private readonly settings: Pick<HubSettings, 'maxOpenQueries' | 'maxRows' | 'maxResultBytes'>) {}

  get size(): number {
    return this.queries.size;
  }

  /**
   * Opens a query.
   *
   * @param send sends it with its address; when it throws, nothing is opened
   * @throws HubQueryError when too many are open
   */
  open(source: string, sink: RowSink, timeout: number, send: (address: string) => void): OpenQuery {
    const { maxOpenQueries } = this.settings;
    if (this.queries.size >= maxOpenQueries) throw hubError('tooManyQueries', source, maxOpenQueries);
    const address = randomUUID();
    send(address);
    const query = new OpenQuery(source, timeout, this.settings, sink, () => this.queries.delete(address));
    this.queries.set(address, query);
    return query;
  }

  find(address: string | undefined): OpenQuery | undefined {
    return address === undefined ? undefined : this.queries.get(address);
  }

  fail(error: () => Error): void {
    for (const query of [...this.queries.values()]) query.fail(error());
  }
}

/** A query that waits for responses (connector§5.3). It ends once: by the last response, an error or its timeout. */
export class OpenQuery {
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

  /** Takes one response. */
  respond(status: number, body: unknown, bytes: number): void {
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
