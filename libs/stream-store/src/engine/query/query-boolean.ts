import { invalidField } from './invalid-field.js';

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
