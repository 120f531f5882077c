import { StreamNameError } from '../api/store.errors.js';

/** Names under which a store keeps its own things in the original's Redis layout. */
const RESERVED = /^(?:XMETA:|millrace:)/;

/**
 * Checks a stream's name: any text without `+` and `/`, except `*` (stream-store§1); no control characters, bounded
 * in length, and none of the names the original's layout keeps other things under.
 *
 * @throws StreamNameError
 */
export function assertStreamName(name: string, maxBytes: number): void {
  if (name === '') throw new StreamNameError(name, 'it is empty');
  if (name === '*') throw new StreamNameError(name, '* is reserved');
  if (name.includes('+') || name.includes('/')) throw new StreamNameError(name, 'it holds + or /');
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) throw new StreamNameError(name, 'it holds a control character');
  if (/\p{Surrogate}/u.test(name)) throw new StreamNameError(name, 'it is not well-formed Unicode');
  if (Buffer.byteLength(name) > maxBytes) throw new StreamNameError(name, `it is longer than ${maxBytes} bytes`);
  if (RESERVED.test(name)) throw new StreamNameError(name, 'it begins with a reserved prefix');
}
