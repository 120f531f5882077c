import { HttpException } from '@nestjs/common';
import { MillraceError } from './millrace.error.js';

/** What a client learns about an error. */
export interface ErrorDescription {
  /** Whether it was thrown for the client; anything else belongs in the log. */
  readonly foreseen: boolean;
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
 * text may hold secrets and belongs in the log. So does one whose members throw; where only the details cannot be written
 * as JSON, the message takes their place.
 */
export function describeError(error: unknown): ErrorDescription {
  try {
    if (error instanceof MillraceError) return ofMillrace(error);
    if (error instanceof HttpException) return ofNest(error);
  } catch {
    // The class says something to clients, the object does not.
  }
  return { ...plain(500, 1011, 'Internal server error'), foreseen: false };
}

function ofMillrace(error: MillraceError): ErrorDescription {
  const reason = textIn(error.message);
  const body = written(error.getResponse()) ?? { detail: reason };
  return {
    foreseen: true,
    body,
    status: statusOf(error),
    closeCode: error.closeCode,
    detail: body.detail,
    reason,
    headers: headersIn(error.headers),
  };
}

function ofNest(error: HttpException): ErrorDescription {
  const status = statusOf(error);
  return plain(status, closeCodeOf(status), textIn(error.message));
}

function plain(status: number, closeCode: number, text: string): ErrorDescription {
  return { foreseen: true, status, closeCode, detail: text, body: { detail: text }, reason: text, headers: {} };
}

/** A copy that can be written as JSON again, whatever the members of the original do then; undefined if there can be none. */
function written(value: unknown): { readonly detail: unknown } | undefined {
  try {
    return JSON.parse(JSON.stringify(value)) as { detail: unknown };
  } catch {
    return undefined;
  }
}

/** @throws Error for what cannot be the status of an answer */
function statusOf(error: HttpException): number {
  const status: unknown = error.getStatus();
  if (Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599) return status as number;
  throw new Error('The status is none');
}

function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error('The text is none');
}

/** Headers that Node writes; others would end the answer. */
function headersIn(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries(entries.filter(([name, value]) => HEADER_NAME.test(name) && HEADER_VALUE.test(value)));
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

function closeCodeOf(status: number): number {
  if (status === 401) return 3000;
  if (status === 403) return 3003;
  if (status === 413) return 1009;
  if (status === 429 || status === 503) return 1013;
  return status >= 500 ? 1011 : 1008;
}
