import type { UnreadableEntry } from '@millrace/protocol';
import type { StoredEntry, StreamGap } from '../api/stream-store.js';
import { type EntryGroup, longestCursor, shorten } from './entry-group.js';

/** Node's HTTP client refuses more than 16 KiB of headers in all, so this one stays below. */
const MAX_HEADER_BYTES = 14 * 1024;

interface OffsetBody {
  /** Value of the header `entry-offset`: JSON `[[stream, entry ID, start], …]`, in ASCII. */
  readonly header: string;
  readonly parts: readonly Buffer[];
  readonly length: number;
}

/** A start in the body has at most this many digits, and three more characters around it. */
const START_BYTES = 16;

/** Lays entries one after another, with a header that says where each starts. */
export function layOut(groups: readonly EntryGroup[]): OffsetBody {
  const kept = groups.flatMap(({ entries }) => entries);
  const items: string[] = [];
  let length = 0;
  for (const { stream, id, data } of kept) {
    items.push(asciiJson([stream, id, length]));
    length += data.length;
  }
  return { header: `[${items.join(',')}]`, parts: kept.map(({ data }) => data), length };
}

/**
 * Leaves out the entries for which the headers have no room: `count` is a maximum, and a client pages on with the cursor. An
 * entry that cannot be converted takes its room in another header, and no more of it.
 */
export function fitHeaders(groups: readonly EntryGroup[]): EntryGroup[] {
  let room = MAX_HEADER_BYTES - 2 - longestCursor(groups);
  return groups.map((group) => {
    const kept: StoredEntry[] = [];
    for (const entry of group.newest ? group.entries.toReversed() : group.entries) {
      room -= asciiJson([entry.stream, entry.id]).length + START_BYTES;
      if (room < 0) break;
      kept.push(entry);
    }
    return shorten(group, kept.length, group.newest ? kept.reverse() : kept);
  });
}

/** JSON with everything outside ASCII escaped: a header holds nothing else. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Value of the header `entry-unreadable`: JSON `[[stream, entry ID], …]`; undefined where every entry could be converted. */
export function unreadableHeader(entries: readonly UnreadableEntry[]): string | undefined {
  return entries.length === 0 ? undefined : asciiJson(entries.map(({ stream, id }) => [stream, id]));
}

/** What room the header `entry-offset` leaves for each of two others. */
const MAX_NAMES_BYTES = 1024;

/**
 * Value of the header `entry-gap`: JSON names of the streams whose entries after the given ID are gone in part, or `["*"]`
 * where there are too many to name; undefined without a gap.
 */
export function gapHeader(gaps: readonly StreamGap[]): string | undefined {
  return namesHeader([...new Set(gaps.map(({ stream }) => stream))]) ?? (gaps.length > 0 ? '["*"]' : undefined);
}

/** Value of the header `entry-ended`: JSON names of streams, as many as it has room for; undefined where there are none. */
export function endedHeader(streams: readonly string[]): string | undefined {
  for (let { length } = streams; length > 0; length -= 1) {
    const names = namesHeader(streams.slice(0, length));
    if (names !== undefined) return names;
  }
  return undefined;
}

function namesHeader(streams: readonly string[]): string | undefined {
  const names = asciiJson(streams);
  return streams.length > 0 && names.length <= MAX_NAMES_BYTES ? names : undefined;
}
