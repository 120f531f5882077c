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
