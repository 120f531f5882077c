import { type EntryId, GREATEST_ID_NUMBER } from '@millrace/protocol';
import type { StoredEntry } from '../../api/stream-store.js';

/** Nothing comes after it, and Redis refuses to be asked. */
export const GREATEST_ID: EntryId = `${GREATEST_ID_NUMBER}-${GREATEST_ID_NUMBER}`;

/**
 * The one field of the last entry of a stream that has ended; its value is the ID of the entry before. The entry has the greatest
 * ID there can be, so Redis itself refuses all others, whichever program they are of, and readers get it as news.
 */
export const END_FIELD = 'ended';

/** An entry as it was read, or the mark of an end, which no reader is given. */
export interface ReadEntry extends StoredEntry {
  /** For the mark: the last ID of the stream. */
  readonly endOf?: EntryId;
}

/** Takes the mark of an end off what was read last. @returns the last ID of the stream where it has ended there */
export function takeEnd(entries: ReadEntry[]): EntryId | undefined {
  const endOf = entries.at(-1)?.endOf;
  if (endOf !== undefined) entries.pop();
  return endOf;
}
