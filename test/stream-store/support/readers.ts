import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { RunningApplication } from '../../support/applications.js';
import { SocketClient } from '../../support/socket-client.js';
import { waitFor } from '../../support/waiting.js';

/** What a reader heard, in its order: `gap:<stream>@<after>` and `<stream>=<data>`. */
export type Heard = string[];

type Headers = Record<string, string>;

/** Where to read, and who reads. */
export interface Reader {
  readonly at: RunningApplication;
  readonly headers?: Headers;
}

/** Reads by each surface until so many entries came. Entries are JSON. */
export const READERS: Readonly<
  Record<string, (reader: Reader, streams: string, after: string, entries: number) => Promise<Heard>>
> = {
  pull: (reader, streams, after, entries) =>
    pulled(reader, `${streams}/pull?count=5&gaps=true&last_entry_id=${after}`, entries),
  'pull with cursors': (reader, streams, after, entries) =>
    pulled(reader, `${streams}/pull?count=5&gaps=true&cursors=true&last_entry_id=${after}`, entries),
  'pull of one stream a pair': (reader, streams, after, entries) =>
    pulled(reader, `${streams}/pull?onebyone=true&gaps=true&last_entry_id=${after}`, entries),
  read: (reader, streams, after) => read(reader, `${streams}?count=5&last_entry_id=${after}`),
  'long poll': (reader, streams, after) => read(reader, `${streams}?count=5&block=20000&last_entry_id=${after}`),
  events: (reader, streams, after, entries) => events(reader, `${streams}?last_entry_id=${after}`, {}, entries),
  'resumed events': (reader, streams, after, entries) => events(reader, streams, { 'Last-Event-ID': after }, entries),
};

async function pulled({ at, headers }: Reader, path: string, entries: number): Promise<Heard> {
  const heard: Heard = [];
  const socket = await SocketClient.open(`${at.wsUrl}/data/${path}`, { headers });
  for (let count = 0; count < entries;) {
    const message = JSON.parse(await socket.nextText()) as
      { gap?: { stream: string; after: string } } | [string, string, number][];
    if (Array.isArray(message)) {
      const blob = (await socket.next()).data;
      message.forEach(([stream, , start], index) => {
        heard.push(`${stream}=${blob.subarray(start, message[index + 1]?.[2]).toString()}`);
      });
      count += message.length;
    } else if (message.gap) heard.push(`gap:${message.gap.stream}@${message.gap.after}`);
  }
  await socket.close();
  return heard;
}

async function read({ at, headers }: Reader, path: string): Promise<Heard> {
  const response = await fetch(`${at.url}/data/${path}`, { headers });
  const gaps = JSON.parse(response.headers.get('entry-gap') ?? '[]') as string[];
  const offsets = JSON.parse(response.headers.get('entry-offset') ?? '[]') as [string, string, number][];
  const body = await response.text();
  const entries = offsets.map(([stream, , start], index) => `${stream}=${body.slice(start, offsets[index + 1]?.[2])}`);
  return [...gaps.map((stream) => `gap:${stream}`), ...entries];
}

async function events({ at, headers }: Reader, path: string, more: Headers, entries: number): Promise<Heard> {
  const asking = request(`${at.url}/data/${path}`, {
    headers: { Accept: 'text/event-stream', ...headers, ...more },
    agent: false,
  });
  asking.on('error', () => undefined).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  let text = '';
  response.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await waitFor('the events', () => (text.match(/^data: .*"data":.*\n\n/gm)?.length ?? 0) >= entries);
  asking.destroy();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => {
    const { stream, after, data: value } = JSON.parse(data) as { stream: string; after?: string; data?: number };
    return after === undefined ? `${stream}=${value}` : `gap:${stream}@${after}`;
  });
}
