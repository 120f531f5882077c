import { ConnectorError } from '../errors/connector.error.js';
import { QUERY_EMPTY, RESPONSE_ADDRESS_HEADER } from '../protocol/constants.js';
import { isErrorReport, type ErrorReport } from '../protocol/error-report.js';
import { jsonText, kindOf } from '../protocol/messages.js';

/** What a responder is made for. */
export interface QueryResponderOptions {
  readonly source: string;
  readonly address: string;
  /** Aborted when the connection of the query has ended. */
  readonly signal: AbortSignal;
  /** The largest response sent in one message. */
  readonly maxBytes: number;
  /** Resolves when the send buffer has room for more. */
  readonly send: (text: string) => Promise<void>;
  /** Called before the last response is sent. */
  readonly onFinish: () => void;
}

/** Status of a response that more will follow. */
const PARTIAL = 100;
/** Status of the last response. */
const COMPLETE = 200;
const CODES: readonly number[] = [PARTIAL, COMPLETE, QUERY_EMPTY];

/**
 * Answers one query (connector§5.3 §7.3). It is the context of the query at the same time. A handler that
 * answers through it returns nothing; one that answers after it has returned calls {@link defer} first.
 *
 * @publicApi
 */
export class QueryResponder implements QueryContext {
  readonly source_name: string;
  readonly response_address: string;
  readonly signal: AbortSignal;
  private finished = false;
  private deferred = false;

  /** @internal */
  constructor(private readonly options: QueryResponderOptions) {
    this.source_name = options.source;
    this.response_address = options.address;
    this.signal = options.signal;
  }

  /** Whether the last response has been given. */
  get isFinished(): boolean {
    return this.finished;
  }

  /** Whether the answer comes after the handler has returned. */
  get isDeferred(): boolean {
    return this.deferred;
  }

  /** The answer comes after the handler has returned. */
  defer(): void {
    this.deferred = true;
  }

  /** One row, or several as an array; more will follow. */
  partial(rows: unknown): Promise<void> {
    return this.respond(PARTIAL, rows);
  }

  /** The last response, with one row, or several as an array. */
  complete(rows: unknown): Promise<void> {
    return this.respond(COMPLETE, rows);
  }

  /** The last response; it adds nothing. */
  empty(): Promise<void> {
    return this.respond(QUERY_EMPTY);
  }

  /**
   * Sends one response by its code. An array that is too large for one message goes out in several partial ones.
   *
   * @throws ConnectorError when the code is not 100, 200 or 204, the body is missing or cannot be written as JSON, the query has had its
   *   last response, or its connection has ended; nothing is sent then
   */
  async respond(code: number, body?: unknown): Promise<void> {
    if (!CODES.includes(code))
      throw new ConnectorError(`The code of a response must be 100, 200 or 204, not ${code}`, 'INVALID');
    if (code !== QUERY_EMPTY && (body === undefined || body === null)) {
      throw new ConnectorError(
        `A response with the code ${code} must have a body, not ${String(body)}; use 204 to add no row`,
        'INVALID',
      );
    }
    const texts = code === QUERY_EMPTY ? [undefined] : bodies(body, this.options.maxBytes);
    this.begin(code !== PARTIAL);
    for (const [index, text] of texts.entries()) {
      const status = index < texts.length - 1 ? PARTIAL : code;
      await this.options.send(this.frame(status, text));
    }
  }

  /** @throws ConnectorError when the report is incomplete, or as {@link respond} does */
  async error(report: ErrorReport): Promise<void> {
    if (!isErrorReport(report)) {
      throw new ConnectorError(
        'The report of a query error must have the texts messageCode and messageTemplate and an array of parameters',
        'INVALID',
      );
    }
    const { messageCode, messageTemplate, parameters } = report;
    const text = serialize({ messageCode, messageTemplate, parameters });
    this.begin(true);
    await this.options.send(this.frame(400, text));
  }

  private begin(last: boolean): void {
    if (this.finished)
      throw new ConnectorError('The query has had its last response; nothing can be added', 'CONFLICT');
    if (this.signal.aborted) throw new ConnectorError('The connection of the query has ended', 'GOING_AWAY');
    if (!last) return;
    this.finished = true;
    this.options.onFinish();
  }

  private frame(status: number, body: string | undefined): string {
    const head = `{"status":${status},"headers":{"${RESPONSE_ADDRESS_HEADER}":${JSON.stringify(this.response_address)}}`;
    return body === undefined ? `${head}}` : `${head},"body":${body}}`;
  }
}

/** The texts of a body: several when it is an array above the limit (connector§2.3). */
function bodies(body: unknown, maxBytes: number): string[] {
  const whole = serialize(body);
  if (!Array.isArray(body) || Buffer.byteLength(whole) <= maxBytes) return [whole];
  const texts: string[] = [];
  let rows: string[] = [];
  let length = 0;
  for (const row of body as unknown[]) {
    const text = serialize(row ?? null);
    const bytes = Buffer.byteLength(text);
    // With a comma before it, and the brackets around all.
    if (rows.length > 0 && length + bytes + 3 > maxBytes) {
      texts.push(`[${rows.join(',')}]`);
      rows = [];
      length = 0;
    }
    length += bytes + (rows.length > 0 ? 1 : 0);
    rows.push(text);
  }
  texts.push(`[${rows.join(',')}]`);
  return texts;
}

/** What a handler learns of its source. The keys are the protocol's own names. */
export interface SourceContext {
  readonly source_name: string;
  /** Aborted when the connection of this message has ended. */
  readonly signal: AbortSignal;
}

/** Context of a query: also where its responses go to. */
export interface QueryContext extends SourceContext {
  readonly response_address: string;
}

function serialize(value: unknown): string {
  const text = jsonText('body', value);
  if (text !== undefined) return text;
  throw new ConnectorError(`The body cannot be written as JSON: it is ${kindOf(value)}`, 'INVALID');
}
