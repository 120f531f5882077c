import type { Readable } from 'node:stream';
import { serverSentComment, serverSentEvent } from '@millrace/protocol';
import type { StoredEntry } from '../api/stream-entry.js';
import type { FollowedBatch, StreamFollower } from '../api/stream-follower.js';
import { newsStream } from './news-stream.js';
import type { OpenAnswer } from './open-answers.js';

const KEEP_ALIVE_MS = 15_000;

/**
 * Entries of JSON streams as server-sent events. Each says stream, ID and data; its event id holds the cursors of all
 * streams, so that a browser that reconnects goes on where it was (`Last-Event-ID`). An entry that is not JSON comes as
 * an event `unreadable`, and what retention has taken away as an event `gap`: nothing is skipped in silence.
 */
export function eventStream(
  follower: StreamFollower,
  streams: readonly string[],
  options: { count: number; answer: OpenAnswer },
): Readable {
  // Each event carries the cursors as they are behind it, so a resumed client repeats and misses nothing.
  const cursors = [...follower.cursors];
  const render = ({ entries, gaps }: FollowedBatch): string[] => {
    const events = gaps.map((gap) => serverSentEvent({ event: 'gap', data: JSON.stringify(gap) }));
    for (const entry of entries) {
      cursors[streams.indexOf(entry.stream)] = entry.id;
      events.push(renderEntry(entry, cursors.join('+')));
    }
    return [events.join('')];
  };
  return newsStream({
    follower,
    ...options,
    idleAfter: KEEP_ALIVE_MS,
    opening: serverSentComment('connected'),
    render,
    idle: () => serverSentComment('nothing new'),
  });
}

function renderEntry({ stream, id, data }: StoredEntry, cursors: string): string {
  const json = compact(data);
  if (json === undefined) {
    const notice = JSON.stringify({ stream, id, bytes: data.length });
    return serverSentEvent({ id: cursors, event: 'unreadable', data: notice });
  }
  return serverSentEvent({ id: cursors, data: `{"stream":${JSON.stringify(stream)},"id":"${id}","data":${json}}` });
}

function compact(data: Buffer): string | undefined {
  try {
    return JSON.stringify(JSON.parse(data.toString('utf8')));
  } catch {
    return undefined;
  }
}
