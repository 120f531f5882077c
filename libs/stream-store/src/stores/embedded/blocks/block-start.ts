import { compareParts, type IdParts } from '@millrace/protocol';

/** Where a block stands in its stream. */
export interface BlockStart {
  /** Entries and bytes of data that were ever added to the stream before this block. */
  readonly addedBefore: number;
  readonly bytesBefore: number;
  /** ID of the entry before this block. */
  readonly previous: IdParts;
}

/** Whether a block that begins with an ID can say this; for those that have no checksum. */
export function isPlausibleStart({ addedBefore, bytesBefore, previous }: BlockStart, first: IdParts): boolean {
  return (
    Number.isSafeInteger(addedBefore) &&
    addedBefore >= 0 &&
    Number.isSafeInteger(bytesBefore) &&
    bytesBefore >= 0 &&
    compareParts(previous, first) < 0
  );
}
