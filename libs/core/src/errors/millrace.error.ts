import { HttpException } from '@nestjs/common';
import { ERROR_TABLE, type ErrorCode, thrownReport } from '@millrace/protocol';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

export interface MillraceErrorOptions extends ErrorOptions {
  /** Headers of the HTTP answer, for example `WWW-Authenticate`. */
  headers?: Readonly<Record<string, string>>;
  /** Structured details for the client, sent in place of the message as `detail`. */
  detail?: unknown;
  /** Further fields of the body beside `detail`, for example the error fields of OAuth 2.0. */
  fields?: Readonly<Record<string, unknown>>;
}

/**
 * Base of every error of Millrace: one stable `code`, from which the HTTP status, the WebSocket close code and the
 * JSON-RPC code follow by {@link ERROR_TABLE}.
 *
 * It is an `HttpException`, so a host application answers it rightly without a filter of ours. The body is
 * `{"detail": <message>}`. Messages hold no secrets and say what to do next.
 *
 * @publicApi
 */
export class MillraceError extends HttpException {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: MillraceErrorOptions = {},
  ) {
    super({ detail: options.detail ?? message, ...options.fields }, ERROR_TABLE[code].status, { cause: options.cause });
    this.message = message;
    this.name = new.target.name;
    this.headers = options.headers ?? {};
  }

  /** In a log it is its stack and those of its causes, and not a dump of what makes up an `HttpException`. */
  [INSPECT](): string {
    return thrownReport(this);
  }

  /** WebSocket close code of this error. */
  get closeCode(): number {
    return ERROR_TABLE[this.code].close;
  }

  /** JSON-RPC code of this error. */
  get rpcCode(): number {
    return ERROR_TABLE[this.code].rpc;
  }
}
