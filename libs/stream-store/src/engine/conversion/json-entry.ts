import { isUtf8 } from 'node:buffer';
import { MillraceError } from '@millrace/core/errors';
import { compactJson } from '@millrace/protocol';

/**
 * The JSON in an entry, as it was written: only a byte order mark and the white space outside of strings are left out, so
 * that it is one line. It is never read into JavaScript values, which alter numbers and the order of keys.
 *
 * @throws MillraceError `INVALID` for an entry that is not JSON in UTF-8
 */
export function readJsonEntry(data: Buffer): Buffer {
  const text = isUtf8(data) ? compactJson(data) : undefined;
  if (!text) throw new MillraceError('INVALID', 'An entry is not JSON');
  return Buffer.from(text.buffer, text.byteOffset, text.length);
}
