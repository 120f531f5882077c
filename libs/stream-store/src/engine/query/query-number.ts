import type { MillraceError } from '@millrace/core/errors';
import { quoted } from '../quoted.js';
import { invalidField } from './invalid-field.js';

/** `count`: a whole number of 1 or more. @throws MillraceError 422 */
export function parseCount(query: URLSearchParams, absent: number): number {
  const text = query.get('count');
  if (text === null) return absent;
  const count = whole(text);
  if (count === undefined || count < 1) throw refused('count', text, 'a whole number of 1 or more', 'integer');
  return count;
}

/** A whole number of milliseconds; 0 counts as absent. @throws MillraceError 422 */
export function parseMilliseconds(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = whole(text);
  if (value === undefined) throw refused(name, text, 'a whole number of milliseconds', 'integer');
  return value === 0 ? undefined : value;
}

/** Seconds, with a fraction where wanted; 0 counts as absent. @throws MillraceError 422 */
export function parseSeconds(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) throw refused(name, text, 'a number of seconds', 'float');
  const value = Number(text);
  return value === 0 ? undefined : value;
}

function refused(name: string, text: string, accepted: string, type: string): MillraceError {
  const message = `Query parameter "${name}" must be ${accepted}, not ${quoted(text)}`;
  return invalidField(['query', name], message, `type_error.${type}`);
}

function whole(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
