import type { EntryId, StoredEntry } from '../api/stream-store.js';

/** What an answer holds of one stream, oldest first. */
export interface EntryGroup {
  readonly stream: string;
  /** What `last_entry_id` gives these entries, and what comes behind them. */
  readonly before: EntryId;
  /** What it gives behind all of them, also behind those that could not be converted. */
  readonly reached: EntryId;
  readonly entries: readonly StoredEntry[];
  /** Whether they are the newest of their stream; then the oldest go first when room is short. */
  readonly newest: boolean;
  /** Whether some were left out for want of room. */
  readonly cut?: boolean;
}

/**
 * Leaves entries out for want of room.
 *
 * @param taken how many there was room for
 * @param entries what became of those
 */
export function shorten(group: EntryGroup, taken: number, entries: readonly StoredEntry[]): EntryGroup {
  if (taken === group.entries.length) return { ...group, entries };
  const last = group.newest ? group.reached : group.entries[taken - 1]?.id;
  return { ...group, entries, reached: taken > 0 && last !== undefined ? last : group.before, cut: true };
}

/** Longer only where more streams are joined than the module lets in by default. */
const MAX_BYTES = 7 * 1024;

/**
 * Value of the header `entry-cursor`: the IDs to ask on with, in the order of the streams; undefined where there are too many.
 */
export function cursorHeader(groups: readonly EntryGroup[], streams: readonly string[]): string | undefined {
  const ids = new Map(groups.map(({ stream, reached }) => [stream, reached]));
  const header = streams.map((stream) => ids.get(stream)).join('+');
  return header.length > MAX_BYTES ? undefined : header;
}

/** What that takes at the most, whichever entries are left out. */
export function longestCursor(groups: readonly EntryGroup[]): number {
  let length = 0;
  for (const { before, reached, entries } of groups) {
    let longest = Math.max(before.length, reached.length);
    for (const { id } of entries) longest = Math.max(longest, id.length);
    length += longest + 1;
  }
  return Math.min(length, MAX_BYTES);
}
