import { compareParts, formatId, type EntryId, type IdParts, ZERO_PARTS } from '@millrace/protocol';
import type { ReadResult, StoredEntry } from '../api/stream-store.js';
import { parseId } from '../engine/entry-id.js';

/** The ends of a stream, as far as a reader's place is concerned. */
interface StreamEnds {
  /** ID of the newest entry that was removed. */
  readonly removed: IdParts;
  /** The last ID that was given. */
  readonly last: IdParts;
}

/** An unknown stream: no ID of it was ever given. */
const NO_STREAM: StreamEnds = { removed: ZERO_PARTS, last: ZERO_PARTS };

/**
 * Reads entries after a cursor that may not fit the stream: entries behind it were removed, or it lies above the last ID,
 * because the stream was deleted or restored meanwhile. Both are told as a gap, and reading goes on with the first entry kept.
 */
export function readFrom(
  stream: string,
  after: EntryId,
  { removed, last }: StreamEnds = NO_STREAM,
  read: (after: IdParts) => StoredEntry[],
): ReadResult {
  const asked = parseId(after);
  const overtaken = compareParts(asked, removed) < 0;
  if (!overtaken && compareParts(asked, last) <= 0) return { entries: read(asked) };
  const entries = read(removed);
  // The beginning is not a place that was lost.
  if (compareParts(asked, ZERO_PARTS) === 0) return { entries };
  return { entries, gap: { stream, after, first: entries[0]?.id }, cursor: formatId(removed) };
}
