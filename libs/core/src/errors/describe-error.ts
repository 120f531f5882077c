import { HttpException } from '@nestjs/common';
import { MillraceError } from './millrace.error.js';

/** What a client is told about an error. */
export interface ErrorDescription {
  readonly status: number;
  readonly closeCode: number;
  readonly detail: unknown;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Describes any thrown value for a client. Errors which are neither ours nor Nest's become a plain 500 / 1011: their
 * text may hold secrets and belongs in the log.
 */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof MillraceError) {
    const body = error.getResponse() as { detail: unknown };
    return {
      status: error.getStatus(),
      closeCode: error.closeCode,
      detail: body.detail,
      reason: error.message,
      headers: error.headers,
    };
  }
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return { status, closeCode: closeCodeOf(status), detail: error.message, reason: error.message, headers: {} };
  }
  return {
    status: 500,
    closeCode: 1011,
    detail: 'Internal server error',
    reason: 'Internal server error',
    headers: {},
  };
}

function closeCodeOf(status: number): number {
  if (status === 401) return 3000;
  if (status === 403) return 3003;
  if (status === 413) return 1009;
  if (status === 429 || status === 503) return 1013;
  return status >= 500 ? 1011 : 1008;
}
