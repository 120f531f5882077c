import { MillraceError } from '@millrace/core/errors';
import type { GroupOptions } from '../api/stream-groups.js';
import { quoted } from './quoted.js';

/** A 422 in the form the protocol gives to requests that fail validation (stream-store§3). */
export function invalidField(loc: readonly string[], msg: string, type = 'value_error'): MillraceError {
  return new MillraceError('INVALID', msg, { detail: [{ loc, msg, type }] });
}

/** Reads what a handshake asks for; a value that does not parse refuses it with 400 (stream-store§8). */
export function handshakeQuery<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'INVALID') throw error;
    throw new MillraceError('BAD_REQUEST', error.message, {
      cause: error,
      detail: (error.getResponse() as { detail: unknown }).detail,
    });
  }
}

const TRUE = new Set(['true', '1', 'on', 'yes', 't', 'y']);
const FALSE = new Set(['false', '0', 'off', 'no', 'f', 'n']);

/**
 * A boolean of a query, in any case of the protocol's words (stream-store§3); Python clients send `True` and `False`.
 *
 * @throws MillraceError 422 for any other text
 */
export function queryBoolean(query: URLSearchParams, name: string, absent = false): boolean {
  const text = query.get(name);
  if (text === null) return absent;
  const word = text.toLowerCase();
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  throw invalidField(['query', name], 'value could not be parsed to a boolean', 'type_error.bool');
}

const WHOLE = /^\d{1,15}$/;

/** `count`: a whole number of 1 or more, or up to a bound. @throws MillraceError 422 */
export function parseCount(query: URLSearchParams, absent: number, most = Infinity): number {
  const text = query.get('count');
  if (text === null) return absent;
  if (WHOLE.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  const accepted = most === Infinity ? 'a whole number of 1 or more' : `a whole number from 1 to ${most}`;
  throw refused('count', text, accepted, 'integer');
}

/** A whole number of milliseconds; 0 and an empty text count as absent. @throws MillraceError 422 */
export function parseMilliseconds(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text !== '' && !WHOLE.test(text)) throw refused(name, text, 'a whole number of milliseconds', 'integer');
  return Number(text) || undefined;
}

/** Seconds, with a fraction where wanted; 0 and an empty text count as absent. @throws MillraceError 422 */
export function parseSeconds(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text !== '' && !/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) throw refused(name, text, 'a number of seconds', 'float');
  return Number(text) || undefined;
}

/** The settings of a group of consumers: `ordered`, `idle` in milliseconds, `max_deliveries`. @throws MillraceError 422 */
export function readGroupOptions(query: URLSearchParams): GroupOptions {
  const idle = parseMilliseconds(query, 'idle');
  const most = query.get('max_deliveries');
  if (most !== null && !(WHOLE.test(most) && Number(most) >= 1))
    throw refused('max_deliveries', most, 'a whole number of 1 or more', 'integer');
  return {
    ...(query.has('ordered') ? { ordered: queryBoolean(query, 'ordered') } : {}),
    ...(idle === undefined ? {} : { idle }),
    ...(most === null ? {} : { maxDeliveries: Number(most) }),
  };
}

function refused(name: string, text: string, accepted: string, type: string): MillraceError {
  const message = `Query parameter "${name}" must be ${accepted}, not ${quoted(text)}`;
  return invalidField(['query', name], message, `type_error.${type}`);
}
