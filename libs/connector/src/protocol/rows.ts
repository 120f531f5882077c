import { QUERY_EMPTY } from './constants.js';

/** What one response does to its query (connector§5.3, rules 1 to 3 and 8). */
export type ResponseKind = 'partial' | 'complete' | 'error';

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
