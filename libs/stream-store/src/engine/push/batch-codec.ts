import { MillraceError } from '@millrace/core/errors';
import { quoted } from '../quoted.js';

/** A batch header as it was sent: one item for each entry. */
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

/** `*`, an empty text, null and the number 0 ask for a new ID, as the original takes them. */
function readId(value: unknown): string | undefined {
  if (value === null || value === '*' || value === '' || value === 0) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  throw malformed(
    'An ID in the batch header must be text, a number of milliseconds, or "*" or null for a new one',
    value,
  );
}

function malformed(rule: string, given: unknown): MillraceError {
  return new MillraceError('INVALID_PAYLOAD', `${rule}, not ${quoted(given)}`);
}

/** What the offsets of a batch header say: where each entry starts, or where it ends. */
export type OffsetMeaning = 'start' | 'end';

/**
 * Cuts a batch's blob into its entries, without copying.
 *
 * A first offset of 0 means starts, another one ends; the doubtful case (0 first, the blob's length last) is read as
 * starts, unless the client has said what it means (stream-store§6).
 *
 * @throws MillraceError `INVALID_PAYLOAD` (1007) for offsets that fall, or do not fit the blob
 */
export function cutBlob(blob: Buffer, offsets: readonly number[], meaning?: OffsetMeaning): Buffer[] {
  if (offsets.length === 0) {
    if (blob.length > 0) throw misfit(`An empty batch must have an empty blob, not one of ${blob.length} bytes`);
    return [];
  }
  let last = 0;
  for (const offset of offsets) {
    if (offset < last) throw misfit(`Offsets must not fall, as from ${last} to ${offset}`);
    last = offset;
  }
  if (last > blob.length)
    throw misfit(`Offsets must lie within the blob, which ends at ${blob.length}; ${last} does not`);
  return (meaning ?? (offsets[0] === 0 ? 'start' : 'end')) === 'start'
    ? cutAtStarts(blob, offsets)
    : cutAtEnds(blob, offsets);
}

function cutAtStarts(blob: Buffer, starts: readonly number[]): Buffer[] {
  if (starts[0] !== 0) throw misfit(`The first entry must start at 0, not at ${starts[0]}`);
  return starts.map((start, index) => blob.subarray(start, starts[index + 1] ?? blob.length));
}

function cutAtEnds(blob: Buffer, ends: readonly number[]): Buffer[] {
  if (ends.at(-1) !== blob.length)
    throw misfit(`The last entry must end with the blob, at ${blob.length}, not at ${ends.at(-1)}`);
  return ends.map((end, index) => blob.subarray(ends[index - 1] ?? 0, end));
}

function misfit(message: string): MillraceError {
  return new MillraceError('INVALID_PAYLOAD', message);
}
