import { compactJson } from '@millrace/protocol';
import { contentOf } from '../../../parts/formats/content.js';
import { timeOfId } from '../../../parts/formats/format.js';
import type { LogItem } from './entry-log.js';

const DECODER = new TextDecoder();

/** Items as JSON lines, oldest first: `id`, `time`, and the entry as `json`, `text` or `base64`; or the text of a mark. */
export function toLines(newestFirst: readonly LogItem[]): Blob {
  const lines = [...newestFirst].reverse().map((item) => {
    const time = isoTime(item.id);
    if (item.kind !== 'entry') return JSON.stringify({ id: item.id, time, [item.kind]: item.text });
    const head = JSON.stringify({ id: item.id, time }).slice(0, -1);
    return `${head},${dataMember(item.data)}}`;
  });
  return new Blob(
    lines.map((line) => `${line}\n`),
    { type: 'application/jsonl' },
  );
}

function dataMember(data: Uint8Array): string {
  const content = contentOf(data);
  if (content.kind === 'json') {
    const compact = compactJson(data);
    // As it is written: nothing becomes a number of JavaScript.
    if (compact) return `"json":${DECODER.decode(compact)}`;
  }
  if (content.kind === 'json' || content.kind === 'text') return `"text":${JSON.stringify(content.text)}`;
  return `"base64":"${base64(data)}"`;
}

function isoTime(id: string): string | undefined {
  const date = new Date(timeOfId(id));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Bytes that are put together at once: more arguments than that no function takes. */
const PIECE = 8190;

function base64(data: Uint8Array): string {
  let text = '';
  for (let at = 0; at < data.length; at += PIECE) text += String.fromCharCode(...data.subarray(at, at + PIECE));
  return btoa(text);
}
