import { MillraceError } from '@millrace/core/errors';

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
    if (blob.length > 0) throw misfit('an empty batch has an empty blob');
    return [];
  }
  let last = 0;
  for (const offset of offsets) {
    if (offset < last) throw misfit('offsets never fall');
    last = offset;
  }
  if (last > blob.length) throw misfit(`the blob has ${blob.length} bytes`);
  return (meaning ?? (offsets[0] === 0 ? 'start' : 'end')) === 'start'
    ? cutAtStarts(blob, offsets)
    : cutAtEnds(blob, offsets);
}

function cutAtStarts(blob: Buffer, starts: readonly number[]): Buffer[] {
  if (starts[0] !== 0) throw misfit('the first entry starts at 0');
  return starts.map((start, index) => blob.subarray(start, starts[index + 1] ?? blob.length));
}

function cutAtEnds(blob: Buffer, ends: readonly number[]): Buffer[] {
  if (ends.at(-1) !== blob.length) throw misfit(`the last entry ends with the blob, at ${blob.length}`);
  return ends.map((end, index) => blob.subarray(ends[index - 1] ?? 0, end));
}

function misfit(rule: string): MillraceError {
  return new MillraceError('INVALID_PAYLOAD', `The offsets do not fit: ${rule}`);
}
