import type { Conversion } from '../engine/conversion/conversion.js';
import { invalidField, parseCount, parseMilliseconds } from '../engine/query.js';
import { parseLastEntryIds } from '../engine/entry-id.js';
import type { EntryId, ReadLimit, StoredEntry, StreamGap, StreamStore } from '../api/stream-store.js';
import { convertGroups } from './converted-groups.js';
import type { EntryGroup } from './entry-group.js';
import { fitHeaders } from './entry-offset.js';
import type { UnreadableEntry } from '@millrace/protocol';
import { takeNews } from '../engine/await-news.js';
import { ToldEnds } from '../engine/told-ends.js';
import type { StreamLimits } from '../stream-store.options.js';

/** A long poll waits no longer than this, in milliseconds: proxies end an answer that has not begun after 60 s. */
export const MAX_BLOCK = 55_000;

/** Bytes of entries in one answer, except for one entry that is larger by itself. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** What is kept, and what retention has taken. */
interface FoundEntries {
  readonly groups: readonly EntryGroup[];
  readonly gaps: readonly StreamGap[];
  /** Whether entries were left out for want of room in the answer. */
  readonly more: boolean;
  /** Streams that have ended, of which nothing lies behind these entries. */
  readonly ended: readonly string[];
}

/** What an answer holds, and what it cannot. */
interface ReadEntries extends FoundEntries {
  readonly unreadable: readonly UnreadableEntry[];
}

interface ReadSettings {
  readonly conversion: Conversion | undefined;
  readonly limits: Pick<StreamLimits, 'maxBatchEntries' | 'maxMessageBytes'>;
  readonly signal: AbortSignal;
}

/**
 * Reads what `GET /data/{id}` asks for. Streams asked with `*` come first, then the others, each in the order of the request
 * (stream-store§5).
 */
export async function readEntries(
  store: StreamStore,
  streams: readonly string[],
  query: URLSearchParams,
  { conversion, limits, signal }: ReadSettings,
): Promise<ReadEntries> {
  const count = Math.min(parseCount(query, 1), limits.maxBatchEntries);
  const block = Math.min(parseMilliseconds(query, 'block') ?? 0, MAX_BLOCK);
  const after = parseLastEntryIds(query.get('last_entry_id') ?? '*', streams.length);
  if (after.includes('-'))
    throw invalidField(['query', 'last_entry_id'], 'Only a pull takes "-"; a read takes an ID, "*", "$" or "0"');
  const cursors = new Map(streams.map((stream, index) => [stream, after[index] ?? '*']));
  const reading = { count, maxMessageBytes: limits.maxMessageBytes };
  const now = await readNow(store, cursors, reading);
  const found = now.gaps.length > 0 || now.groups.some(({ entries }) => entries.length > 0);
  const isOver = now.ended.length === streams.length;
  const result = found || isOver || block === 0 ? now : await readLater(store, cursors, { ...reading, block, signal });
  const fitting = fitHeaders(result.groups);
  const { groups, unreadable } = conversion
    ? await convertGroups(fitting, conversion, MAX_ANSWER_BYTES)
    : { groups: fitting, unreadable: [] };
  const ended = result.ended.filter((stream) => groups.some((group) => group.stream === stream && !group.cut));
  return { ...result, groups, unreadable, ended, more: result.more || groups.some(({ cut }) => cut) };
}

/** How one answer reads: entries of each stream, and bytes that an entry may have. */
interface Reading {
  readonly count: number;
  readonly maxMessageBytes: number;
}

async function readNow(
  store: StreamStore,
  cursors: ReadonlyMap<string, EntryId>,
  { count, maxMessageBytes }: Reading,
): Promise<FoundEntries> {
  let room = MAX_ANSWER_BYTES;
  let more = false;
  const groups: EntryGroup[] = [];
  const gaps: StreamGap[] = [];
  const ended: string[] = [];
  const wanted = [...cursors];
  const ordered = [...wanted.filter(([, cursor]) => cursor === '*'), ...wanted.filter(([, cursor]) => cursor !== '*')];
  for (const [stream, cursor] of ordered) {
    const newest = cursor === '*';
    let before = cursor;
    let entries: readonly StoredEntry[] = [];
    if (cursor === '$') before = await store.lastId(stream);
    else if (room <= 0) more = true;
    else if (newest) ({ before, entries } = await readNewest(store, stream, { count, maxBytes: room }));
    else {
      const result = await store.readAfter(stream, cursor, { count, maxBytes: room });
      entries = result.entries;
      before = result.cursor ?? cursor;
      if (result.gap) gaps.push(result.gap);
      if (result.ended) ended.push(stream);
    }
    for (const { data } of entries) room -= data.length;
    const last = entries.at(-1);
    // Only then may one more entry not have fitted.
    if (last && entries.length < count && room < maxMessageBytes && !more)
      more = newest
        ? ((await store.describe(stream))?.length ?? 0) > entries.length
        : (await store.readAfter(stream, last.id, { count: 1, maxBytes: 1 })).entries.length > 0;
    groups.push({ stream, before, reached: last?.id ?? before, entries, newest });
  }
  return { groups, gaps, more, ended };
}

/** The newest entries, or the ID behind which the first one comes. */
async function readNewest(
  store: StreamStore,
  stream: string,
  { count, maxBytes }: Required<ReadLimit>,
): Promise<{ before: EntryId; entries: StoredEntry[] }> {
  const entries = await store.readNewest(stream, count, maxBytes);
  if (entries.length > 0) return { before: '*', entries };
  const before = await store.lastId(stream);
  // One may have come between.
  return { before, entries: await store.readNewest(stream, count, maxBytes) };
}

async function readLater(
  store: StreamStore,
  cursors: ReadonlyMap<string, EntryId>,
  { count, maxMessageBytes, block, signal }: Reading & { block: number; signal: AbortSignal },
): Promise<FoundEntries> {
  const streams = [...cursors.keys()];
  const follower = await store.openFollower(streams, { after: [...cursors.values()] });
  try {
    const opening = follower.cursors;
    const limit = { count, maxBytes: MAX_ANSWER_BYTES };
    const ends = new ToldEnds(follower, streams);
    // That of some streams is not what is waited for.
    ends.take();
    const { entries = [], gaps = [] } = (await takeNews(follower, { limit, wait: block, signal, ends })) ?? {};
    const { ended } = follower;
    const reached = follower.cursors;
    const groups = streams.map((stream, index): EntryGroup => {
      const own = entries.filter((entry) => entry.stream === stream);
      const end = reached[index] ?? '$';
      const before = own.length > 0 ? (opening[index] ?? '$') : end;
      return { stream, before, reached: end, entries: own, newest: false };
    });
    const bytes = entries.reduce((sum, { data }) => sum + data.length, 0);
    if (bytes + maxMessageBytes <= MAX_ANSWER_BYTES) return { groups, gaps, more: false, ended };
    const rest = (await follower.take({ count: 1 })).entries;
    const more = groups.some(
      (group) => group.entries.length < count && rest.some((left) => left.stream === group.stream),
    );
    return { groups, gaps, more, ended };
  } finally {
    follower.close();
  }
}
