import type { Readable } from 'node:stream';
import { queryOf, rawRequestOf } from '@millrace/core/http';
import { serverSentComment, serverSentEvent, serverSentFields } from '@millrace/protocol';
import type { StreamStatistics } from '../api/stream-statistics.js';
import type { FollowedBatch, StoredEntry, StreamStore } from '../api/stream-store.js';
import { parseLastEntryIds } from '../engine/entry-id.js';
import { readJsonEntry } from '../engine/conversion/json-entry.js';
import { parseCount } from '../engine/query.js';
import { newsStream } from './news-stream.js';
import type { OpenAnswer } from './open-answers.js';

const KEEP_ALIVE_MS = 15_000;

/**
 * Entries of JSON streams as server-sent events. Each says stream, ID and data; its event id holds the cursors of all
 * streams, so that a browser that reconnects goes on where it was (`Last-Event-ID`), also before the first entry. An entry that is not JSON comes as
 * an event `unreadable`, and what retention has taken away as an event `gap`: nothing is skipped in silence.
 *
 * They come from `Last-Event-ID` on, else from `last_entry_id`, else from now.
 */
export async function eventStream(
  store: StreamStore,
  streams: readonly string[],
  request: object,
  answer: OpenAnswer,
  statistics: StreamStatistics,
): Promise<Readable | undefined> {
  const query = queryOf(request);
  const count = parseCount(query, 100);
  const resumed = rawRequestOf(request).headers['last-event-id'];
  // A browser that has no ID yet may send an empty one.
  const from = (Array.isArray(resumed) ? resumed[0] : resumed) || (query.get('last_entry_id') ?? '$');
  const follower = await store.openFollower(streams, { after: parseLastEntryIds(from, streams.length) });
  // A browser that has heard of the end asks once more, until it is told to stop.
  if (resumed && follower.ended.length === streams.length) {
    follower.close();
    return undefined;
  }
  // Each event carries the cursors as they are behind it, so a resumed client repeats and misses nothing.
  const cursors = [...follower.cursors];
  function* render({ entries, gaps }: FollowedBatch): Generator<Buffer> {
    for (const gap of gaps) {
      // Behind a gap without entries there is none whose ID would say where to go on.
      const moved = !entries.some(({ stream }) => stream === gap.stream);
      const place = streams.indexOf(gap.stream);
      if (moved) cursors[place] = follower.cursors[place] ?? gap.after;
      const id = moved ? { id: cursors.join('+') } : {};
      yield Buffer.from(serverSentEvent({ event: 'gap', ...id, data: JSON.stringify(gap) }));
    }
    for (const entry of entries) {
      cursors[streams.indexOf(entry.stream)] = entry.id;
      yield renderEntry(entry, cursors.join('+'), statistics);
    }
  }
  return newsStream({
    follower,
    streams,
    count,
    answer,
    idleAfter: () => KEEP_ALIVE_MS,
    opening: serverSentComment('connected') + serverSentEvent({ id: cursors.join('+') }),
    render,
    renderEnds: (notices) =>
      notices.map(({ end }) => serverSentEvent({ event: 'end', data: JSON.stringify(end) })).join(''),
    idle: () => serverSentComment('nothing new'),
  });
}

function renderEntry({ stream, id, data }: StoredEntry, cursors: string, statistics: StreamStatistics): Buffer {
  try {
    const json = readJsonEntry(data);
    const head = serverSentFields({ id: cursors, data: `{"stream":${JSON.stringify(stream)},"id":"${id}","data":` });
    // The JSON is one line, and goes on the last one of the fields.
    return Buffer.concat([Buffer.from(head.slice(0, -1)), json, EVENT_END]);
  } catch {
    // The entry is not JSON.
    statistics.unreadable += 1;
    const notice = JSON.stringify({ stream, id, bytes: data.length });
    return Buffer.from(serverSentEvent({ id: cursors, event: 'unreadable', data: notice }));
  }
}

const EVENT_END = Buffer.from('}\n\n');
