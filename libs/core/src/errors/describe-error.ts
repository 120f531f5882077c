import { HttpException } from '@nestjs/common';
import { MillraceError } from './millrace.error.js';

/** What a client learns about an error. */
export interface ErrorDescription {
  readonly status: number;
  readonly closeCode: number;
  readonly detail: unknown;
  /** The whole body of the HTTP answer: `detail`, and further fields where the error has some. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Describes any thrown value for a client. An error that is neither ours nor Nest's becomes a plain 500 or 1011: its
 * text may hold secrets and belongs in the log.
 */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof MillraceError) {
    const body = error.getResponse() as { detail: unknown };
    return {
      body,
      status: error.getStatus(),
      closeCode: error.closeCode,
      detail: body.detail,
      reason: error.message,
      headers: error.headers,
    };
  }
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return plain(status, closeCodeOf(status), error.message);
  }
  return plain(500, 1011, 'Internal server error');
}

function plain(status: number, closeCode: number, text: string): ErrorDescription {
  return { status, closeCode, detail: text, body: { detail: text }, reason: text, headers: {} };
}

function closeCodeOf(status: number): number {
  if (status === 401) return 3000;
  if (status === 403) return 3003;
  if (status === 413) return 1009;
  if (status === 429 || status === 503) return 1013;
  return status >= 500 ? 1011 : 1008;
}
