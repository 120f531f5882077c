import { isUtf8 } from 'node:buffer';
import type { StreamEntry } from '@millrace/client';
import { compactJson } from '@millrace/protocol';

/** What becomes of the bytes of an entry in a line of JSON. */
export type Encoding = 'base64' | 'utf8' | 'json' | 'none';

/**
 * An entry as a line of JSON. `data` is written as `encoding` asks where the bytes allow it, else in base64; the field
 * `encoding` says which. JSON stands there as it was written, without white space; where there was some, `base64` has the
 * very bytes.
 */
export function entryLine({ stream, id, data }: StreamEntry, encoding: Encoding): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const head = JSON.stringify({ stream, id, size: bytes.length }).slice(0, -1);
  return `${head}${content(bytes, encoding)}}`;
}

/** Further members of the line; JSON is put in as text, since JavaScript's numbers would alter it. */
function content(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'none') return '';
  if (encoding !== 'base64' && isUtf8(bytes)) {
    if (encoding === 'utf8') return `,"data":${JSON.stringify(bytes.toString())},"encoding":"utf8"`;
    const json = compactJson(bytes);
    if (json) {
      const exact = json.length === bytes.length ? '' : `,"base64":"${bytes.toString('base64')}"`;
      return `,"data":${Buffer.from(json).toString()},"encoding":"json"${exact}`;
    }
  }
  return `,"data":"${bytes.toString('base64')}","encoding":"base64"`;
}
