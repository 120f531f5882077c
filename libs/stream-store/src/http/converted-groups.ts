import type { UnreadableEntry } from '@millrace/protocol';
import type { StoredEntry } from '../api/stream-store.js';
import type { Conversion } from '../engine/conversion/conversion.js';
import { convertEntries } from '../engine/conversion/convert-entries.js';
import { type EntryGroup, shorten } from './entry-group.js';

interface ConvertedGroups {
  readonly groups: readonly EntryGroup[];
  /** Entries that are left out because they cannot be converted. */
  readonly unreadable: readonly UnreadableEntry[];
}

/**
 * Converts entries until they come to a number of bytes, which one that is larger by itself may pass. The rest is left out:
 * the oldest of the newest, else the latest.
 */
export async function convertGroups(
  groups: readonly EntryGroup[],
  conversion: Conversion,
  maxBytes: number,
): Promise<ConvertedGroups> {
  const unreadable: UnreadableEntry[] = [];
  const converted: EntryGroup[] = [];
  let bytes = 0;
  for (const group of groups) {
    const { entries, newest } = group;
    let taken = 0;
    const kept: StoredEntry[] = [];
    if (bytes < maxBytes) {
      for await (const one of convertEntries(newest ? entries.toReversed() : entries, conversion)) {
        const size = one.entry?.data.length ?? 0;
        if (bytes > 0 && bytes + size > maxBytes) break;
        bytes += size;
        taken += 1;
        if (one.entry) kept.push(one.entry);
        else unreadable.push(one.unreadable);
      }
    }
    converted.push(shorten(group, taken, newest ? kept.reverse() : kept));
  }
  return { groups: converted, unreadable };
}
