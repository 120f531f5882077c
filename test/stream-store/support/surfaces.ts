import { Streams } from '@millrace/client';
import { StreamStore } from '@millrace/stream-store';
import type { Millrace } from '../../cli/support/millrace.js';
import type { RunningApplication } from '../../support/applications.js';
import { refusedHandshake, SocketClient } from '../../support/socket-client.js';

/** How a surface refused: what of it there is, by HTTP status, close code, code of an error, or exit code of the command. */
export interface Refusal {
  readonly status?: number | undefined;
  readonly close?: number | undefined;
  readonly code?: string | undefined;
  readonly exit?: number | undefined;
  readonly text: string;
}

export type Surface = (name: string) => Promise<Refusal>;

const X = Buffer.from('x');
const encoded = encodeURIComponent;

/** Everything that takes the name of a stream, in all its ways; `good` is a stream that may be joined to it. */
export function surfacesOf(running: RunningApplication, millrace: Millrace, good: string): Record<string, Surface> {
  return { ...routes(running, good), ...sockets(running, good), ...calls(running, good), ...peers(running, millrace) };
}

function routes({ url }: RunningApplication, good: string): Record<string, Surface> {
  const ask = async (path: string, init: RequestInit = {}): Promise<Refusal> => {
    const ending = new AbortController();
    const response = await fetch(`${url}/${path}`, { ...init, signal: ending.signal });
    // The body of one that is not refused may never end.
    const text = response.ok ? 'not refused' : await response.text();
    ending.abort();
    return { status: response.status, text };
  };
  const upload = (path: string, filename: string): Promise<Refusal> => {
    const form = new FormData();
    form.append('entries', new Blob([X]), filename);
    return ask(path, { method: 'POST', body: form });
  };
  const events = { headers: { Accept: 'text/event-stream' } };
  return {
    'POST /data/{id}': (name) => upload(`data/${encoded(name)}`, 'entry'),
    'POST /data/*': (name) => upload('data/*', name),
    'GET /data/{id}': (name) => ask(`data/${encoded(name)}`),
    'GET /data/{id} from the start': (name) => ask(`data/${encoded(name)}?last_entry_id=0`),
    'GET /data/{id} after an ID': (name) => ask(`data/${encoded(name)}?last_entry_id=5-5`),
    'GET /data/{id} from now': (name) => ask(`data/${encoded(name)}?last_entry_id=$`),
    'GET /data/{id} joined, waiting': (name) => ask(`data/${good}+${encoded(name)}?last_entry_id=$&block=50000`),
    'GET /data/{id} as events': (name) => ask(`data/${encoded(name)}`, events),
    'GET /mjpeg/{id}': (name) => ask(`mjpeg/${encoded(name)}`),
    'GET /streams/{id}': (name) => ask(`streams/${encoded(name)}`),
    'PUT /streams/{id}': (name) => ask(`streams/${encoded(name)}`, { method: 'PUT', body: '{"a":1}' }),
    'DELETE /streams/{id}': (name) => ask(`streams/${encoded(name)}`, { method: 'DELETE' }),
    'DELETE /streams/{id} joined': (name) => ask(`streams/${good}+${encoded(name)}`, { method: 'DELETE' }),
  };
}

function sockets({ wsUrl }: RunningApplication, good: string): Record<string, Surface> {
  const open = async (path: string, ...messages: (string | Buffer)[]): Promise<Refusal> => {
    const socket = await SocketClient.open(`${wsUrl}/data/${path}`).catch(() => undefined);
    if (!socket) {
      const { status, body } = await refusedHandshake(`${wsUrl}/data/${path}`);
      return { status, text: body };
    }
    for (const message of messages) socket.send(message);
    const { code, reason } = await socket.closed;
    return { close: code, text: reason };
  };
  const header = (...streams: string[]): string => JSON.stringify(streams.map((stream, place) => [stream, place]));
  return {
    'push socket': (name) => open(`${encoded(name)}/push`, X),
    'push socket with acks': (name) => open(`${encoded(name)}/push?ack=true`, X),
    'push socket to *': (name) => open('*/push', header(good, name), Buffer.from('xy')),
    'push socket, joined': (name) =>
      open(`${good}+${encoded(name)}/push?batch=true`, header(good, name), Buffer.from('xy')),
    'pull socket': (name) => open(`${encoded(name)}/pull`),
    'pull socket, joined, from the start': (name) => open(`${good}+${encoded(name)}/pull?last_entry_id=0+0`),
    'pull socket of the newest': (name) => open(`${encoded(name)}/pull?last_entry_id=-`),
  };
}

function calls({ app }: RunningApplication, good: string): Record<string, Surface> {
  const store = app.get(StreamStore);
  const tell = async (call: () => Promise<unknown>): Promise<Refusal> => {
    try {
      await call();
      return { text: 'not refused' };
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return { code, text: message };
    }
  };
  const limit = { count: 1 };
  return {
    append: (name) => tell(() => store.append(name, [X])),
    appendAll: (name) => tell(() => store.appendAll([good, name].map((stream) => ({ stream, data: X })))),
    'appendAll with an ID': (name) => tell(() => store.appendAll([{ stream: name, data: X, id: '99-*' }])),
    'readAfter the start': (name) => tell(() => store.readAfter(name, '0-0', limit)),
    'readAfter an ID': (name) => tell(() => store.readAfter(name, '5-5', limit)),
    readNewest: (name) => tell(() => store.readNewest(name, 1)),
    lastId: (name) => tell(() => store.lastId(name)),
    describe: (name) => tell(() => store.describe(name)),
    setMetadata: (name) => tell(() => store.setMetadata(name, { a: 1 })),
    delete: (name) => tell(() => store.delete([good, name])),
    openFollower: (name) => tell(() => store.openFollower([good, name], { after: '0' })),
    follow: (name) => tell(async () => store.follow([name])[Symbol.asyncIterator]().next()),
  };
}

function peers({ url }: RunningApplication, millrace: Millrace): Record<string, Surface> {
  const streams = new Streams({ url, maxAttempts: 1 });
  const tell = async (call: () => Promise<unknown>): Promise<Refusal> => {
    try {
      await call();
      return { text: 'not refused' };
    } catch (error) {
      const { status, closeCode, message } = error as { status?: number; closeCode?: number; message: string };
      return { status, close: closeCode, text: message };
    }
  };
  const command = async (...args: string[]): Promise<Refusal> => {
    const { code, stderr } = await millrace.run([...args, '--endpoint', url], { input: 'x' });
    return { exit: code ?? -1, text: stderr };
  };
  return {
    'push of the client': (name) => tell(() => streams.push(name).send('x')),
    'pull of the client': (name) => tell(() => streams.pull(name, { after: '0' }).next()),
    'info of the client': (name) => tell(() => streams.info(name)),
    'millrace push': (name) => command('push', name),
    'millrace pull': (name) => command('pull', name, '--no-follow'),
    'millrace streams info': (name) => command('streams', 'info', name),
    'millrace streams rm': (name) => command('streams', 'rm', name, '--yes'),
  };
}
