import { compareIds, compareParts, formatId, type EntryId, type IdParts, ZERO_PARTS } from '@millrace/protocol';
import type { ReadResult, StoredEntry } from '../api/stream-store.js';
import { parseId } from '../engine/entry-id.js';

/** The ends of a stream, as far as a reader's place is concerned. */
interface StreamEnds {
  /** ID of the newest entry that was removed. */
  readonly removed: IdParts;
  /** The last ID that was given. */
  readonly last: IdParts;
  /** Whether it has ended. */
  readonly ended: boolean;
}

/** An unknown stream: no ID of it was ever given. */
const NO_STREAM: StreamEnds = { removed: ZERO_PARTS, last: ZERO_PARTS, ended: false };

/** What lies behind an ID in the storage. */
export interface ReadRun {
  readonly entries: StoredEntry[];
  /** Entries between the ID and these are damaged: this is the last ID that is lost. */
  readonly lostTo?: IdParts | undefined;
}

/**
 * Reads entries after a cursor that may not fit the stream: entries behind it were removed or are damaged, or it lies above
 * the last ID, because the stream was deleted or restored meanwhile. All that is told as a gap, and reading goes on with the
 * first entry kept.
 */
export function readFrom(
  stream: string,
  after: EntryId,
  { removed, last, ended }: StreamEnds = NO_STREAM,
  read: (after: IdParts) => ReadRun,
): ReadResult {
  const asked = parseId(after);
  const fits = compareParts(asked, removed) >= 0 && compareParts(asked, last) <= 0;
  const from = fits ? asked : removed;
  const { entries, lostTo } = read(from);
  const reached = (): EntryId => entries.at(-1)?.id ?? formatId(lostTo ?? from);
  const end = ended && compareIds(reached(), formatId(last)) >= 0 ? { ended } : {};
  // The beginning is not a place that was lost.
  if (!lostTo && (fits || compareParts(asked, ZERO_PARTS) === 0)) return { entries, ...end };
  return { entries, gap: { stream, after, first: entries[0]?.id }, cursor: formatId(lostTo ?? removed), ...end };
}
