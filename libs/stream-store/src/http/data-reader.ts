import { findConversion } from '../engine/conversion/conversion.js';
import { invalidField, parseCount, parseMilliseconds } from '../engine/query.js';
import { parseLastEntryIds } from '../engine/entry-id.js';
import type { EntryId, StoredEntry, StreamGap, StreamStore } from '../api/stream-store.js';
import { convertGroups } from './converted-groups.js';
import { type EntryGroup, fitHeaders } from './entry-offset.js';
import type { UnreadableEntry } from '@millrace/protocol';
import { takeNews } from '../engine/await-news.js';

/** A long poll waits no longer than this, in milliseconds. */
const MAX_BLOCK = 60_000;

/** Bytes of entries in one answer, except for one entry that is larger by itself. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** What is kept, and what retention has taken. */
interface FoundEntries {
  readonly groups: readonly EntryGroup[];
  readonly gaps: readonly StreamGap[];
}

/** What an answer holds, and what it cannot. */
interface ReadEntries extends FoundEntries {
  readonly unreadable: readonly UnreadableEntry[];
}

/**
 * Reads what `GET /data/{id}` asks for. Streams asked with `*` come first, then the others, each in the order of the request
 * (stream-store§5).
 */
export async function readEntries(
  store: StreamStore,
  streams: readonly string[],
  query: URLSearchParams,
  { maxEntries, signal }: { maxEntries: number; signal: AbortSignal },
): Promise<ReadEntries> {
  const count = Math.min(parseCount(query, 1), maxEntries);
  const block = Math.min(parseMilliseconds(query, 'block') ?? 0, MAX_BLOCK);
  const conversion = findConversion(query.get('output'), query.get('input'));
  const after = parseLastEntryIds(query.get('last_entry_id') ?? '*', streams.length);
  if (after.includes('-'))
    throw invalidField(['query', 'last_entry_id'], 'Only a pull takes "-"; a read takes an ID, "*", "$" or "0"');
  const cursors = new Map(streams.map((stream, index) => [stream, after[index] ?? '*']));
  const now = await readNow(store, cursors, count, block === 0);
  const found = now.gaps.length > 0 || now.groups.some(({ entries }) => entries.length > 0);
  const result = found || block === 0 ? now : await readLater(store, cursors, { count, block, signal });
  const groups = fitHeaders(result.groups);
  if (!conversion) return { ...result, groups, unreadable: [] };
  return { ...result, ...(await convertGroups(groups, conversion, MAX_ANSWER_BYTES)) };
}

async function readNow(
  store: StreamStore,
  cursors: ReadonlyMap<string, EntryId>,
  count: number,
  includeTail: boolean,
): Promise<FoundEntries> {
  let room = MAX_ANSWER_BYTES;
  const groups: EntryGroup[] = [];
  const gaps: StreamGap[] = [];
  const wanted = [...cursors];
  const ordered = [...wanted.filter(([, cursor]) => cursor === '*'), ...wanted.filter(([, cursor]) => cursor !== '*')];
  for (const [stream, cursor] of ordered) {
    if (room <= 0) break;
    const newest = cursor === '*';
    let entries: readonly StoredEntry[] = [];
    if (newest) entries = await store.readNewest(stream, count, room);
    else if (cursor !== '$') {
      const result = await store.readAfter(stream, cursor, { count, maxBytes: room });
      entries = result.entries;
      if (result.gap) gaps.push(result.gap);
    } else if (!includeTail) continue;
    for (const { data } of entries) room -= data.length;
    groups.push({ entries, newest });
  }
  return { groups, gaps };
}

async function readLater(
  store: StreamStore,
  cursors: ReadonlyMap<string, EntryId>,
  { count, block, signal }: { count: number; block: number; signal: AbortSignal },
): Promise<FoundEntries> {
  const follower = await store.openFollower([...cursors.keys()], { after: [...cursors.values()] });
  try {
    const batch = await takeNews(follower, { limit: { count, maxBytes: MAX_ANSWER_BYTES }, wait: block, signal });
    return { groups: [{ entries: batch?.entries ?? [], newest: false }], gaps: batch?.gaps ?? [] };
  } finally {
    follower.close();
  }
}
