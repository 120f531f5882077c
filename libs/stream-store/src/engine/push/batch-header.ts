import { MillraceError } from '@millrace/core/errors';
import { quoted } from '../quoted.js';

/** A batch header as it was sent: an item an entry. */
export interface BatchHeader {
  readonly offsets: readonly number[];
  /** Names, where the items have them. */
  readonly streams?: readonly string[];
  /** Own IDs, where the items have them; undefined for a new one. */
  readonly ids?: readonly (string | undefined)[];
}

/**
 * Reads the text message before a blob: a JSON list whose items are all `offset`, `[stream, offset]` or
 * `[stream, id, offset]` (stream-store§6).
 *
 * @throws MillraceError `INVALID_PAYLOAD` (1007) for anything else, `TOO_LARGE` (1009) for too many entries
 */
export function parseBatchHeader(text: string, maxEntries: number): BatchHeader {
  const items = parseList(text);
  if (items.length > maxEntries)
    throw new MillraceError('TOO_LARGE', `A batch may have at most ${maxEntries} entries, not ${items.length}`);
  const [first] = items;
  if (first === undefined || typeof first === 'number') return { offsets: items.map(readOffset) };
  const width = Array.isArray(first) ? first.length : 0;
  if (width !== 2 && width !== 3)
    throw malformed('An item of the batch header must be offset, [stream, offset] or [stream, id, offset]', first);
  const streams: string[] = [];
  const ids: (string | undefined)[] = [];
  const offsets = items.map((item) => {
    if (!Array.isArray(item) || item.length !== width)
      throw malformed('All items of the batch header must have the form of the first', item);
    const [stream, id] = item as unknown[];
    if (typeof stream !== 'string') throw malformed('A stream in the batch header must be text', stream);
    streams.push(stream);
    if (width === 3) ids.push(readId(id));
    return readOffset(item[width - 1]);
  });
  return width === 3 ? { offsets, streams, ids } : { offsets, streams };
}

function parseList(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MillraceError('INVALID_PAYLOAD', 'The batch header must be JSON', { cause: error });
  }
  if (!Array.isArray(value)) throw malformed('The batch header must be a list', value);
  return value;
}

function readOffset(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw malformed('An offset in the batch header must be a whole number of 0 or more', value);
  return value;
}

function readId(value: unknown): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  throw malformed('An ID in the batch header must be text, a number of milliseconds or null', value);
}

function malformed(rule: string, given: unknown): MillraceError {
  return new MillraceError('INVALID_PAYLOAD', `${rule}, not ${quoted(given)}`);
}
