import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';

interface Producer {
  readonly id?: string;
  readonly epoch?: number | string;
  readonly sequence?: number | string;
}

describe.each(HTTP_ADAPTERS)('Producers on %s', (adapter) => {
  let running: RunningApplication;
  let number = 0;
  const fresh = (): string => `stream-${(number += 1)}`;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
  });
  afterAll(() => running.close());

  const stored = async (stream: string): Promise<string[]> => {
    const { entries } = await running.app.get(StreamStore).readAfter(stream, '0-0', { count: 10_000 });
    return entries.map(({ data }) => data.toString());
  };
  const path = (stream: string, { id = 'p', epoch = 0, sequence = 0 }: Producer, more = ''): string =>
    `/data/${stream}/push?ack=true&producer=${id}&epoch=${epoch}&sequence=${sequence}${more}`;

  /** Opens a push, and takes what the server says of the producer. */
  const open = async (stream: string, producer: Producer, more?: string): Promise<SocketClient> => {
    const client = await SocketClient.open(`${running.wsUrl}${path(stream, producer, more)}`);
    const { id = 'p', epoch = 0, sequence = 0 } = producer;
    expect(JSON.parse(await client.nextText())).toEqual({ producer: { id, epoch, sequence } });
    return client;
  };
  const push = async (client: SocketClient, ...texts: string[]): Promise<string[]> => {
    for (const text of texts) client.send(Buffer.from(text));
    const ids: string[] = [];
    while (ids.length < texts.length) ids.push(await client.nextText());
    return ids;
  };
  const upload = (stream: string, headers: Record<string, string>, ...texts: string[]): Promise<Response> => {
    const form = new FormData();
    for (const text of texts) form.append('entries', new Blob([text]), stream);
    return fetch(`${running.url}/data/${stream}`, { method: 'POST', body: form, headers });
  };
  const by = (sequence: number | string, epoch: number | string = 0, id = 'p'): Record<string, string> => ({
    'Producer-Id': id,
    'Producer-Epoch': String(epoch),
    'Producer-Seq': String(sequence),
  });

  it('stream-store#74: a push socket counts on from its first entry, and repeats are acknowledged with the first IDs', async () => {
    const stream = fresh();
    const first = await open(stream, {});
    const ids = await push(first, 'a', 'b', 'c');
    ids.push(...(await push(first, 'd')));
    const second = await open(stream, { sequence: 2 });
    expect(await push(second, 'c', 'd', 'e')).toEqual([...ids.slice(2), expect.any(String)]);
    // The first one is behind now: what it sends next is a repeat.
    await push(first, 'e');
    expect(await stored(stream)).toEqual(['a', 'b', 'c', 'd', 'e']);
    await Promise.all([first.close(), second.close()]);
  });

  it('stream-store#74: batches count their entries, cut however', async () => {
    const stream = fresh();
    const send = (client: SocketClient, ...texts: string[]): Promise<string> => {
      let offset = 0;
      client.send(JSON.stringify(texts.map(({ length }) => (offset += length) - length)));
      client.send(Buffer.from(texts.join('')));
      return client.nextText();
    };
    const first = await open(stream, { epoch: 4 }, '&batch=true');
    const ids = `${await send(first, 'a', 'b')},${await send(first)}${await send(first, 'c')}`;
    const second = await open(stream, { epoch: 4 }, '&batch=true');
    expect((await send(second, 'a', 'b', 'c', 'd')).startsWith(ids)).toBe(true);
    expect(await stored(stream)).toEqual(['a', 'b', 'c', 'd']);
    await Promise.all([first.close(), second.close()]);
  });

  it('stream-store#74: a socket of an older epoch is closed for good with 3003, one that leaves out numbers with 4009', async () => {
    const stream = fresh();
    const old = await open(stream, {});
    await push(old, 'a');
    const now = await open(stream, { epoch: 1 });
    await push(now, 'b');
    old.send(Buffer.from('x'));
    expect(await old.closed).toEqual({ code: 3003, reason: expect.stringContaining('epoch 1') });
    const ahead = await open(stream, { epoch: 1, sequence: 3 });
    ahead.send(Buffer.from('x'));
    expect(await ahead.closed).toEqual({ code: 4009, reason: expect.stringContaining('Sequence 1') });
    await running.app.get(StreamStore).delete([stream]);
    // What goes on from what is no longer there is refused; a new socket begins.
    now.send(Buffer.from('c'));
    expect((await now.closed).code).toBe(4009);
    const again = await open(stream, { epoch: 1, sequence: 1 });
    await push(again, 'c');
    expect(await stored(stream)).toEqual(['c']);
    await again.close();
  });

  it.each([
    ['several streams', 'a+b', {}, '&batch=true'],
    ['any stream', '*', {}, ''],
    ['own IDs of device headers', 'a', {}, '&parse_meta=true'],
    ['an id with a space', 'a', { id: 'a%20b' }, ''],
    ['an empty id', 'a', { id: '' }, ''],
    ['an epoch that is no number', 'a', { epoch: '1.5' }, ''],
    ['no sequence', 'a', { sequence: '' }, ''],
    ['a sequence of more than 53 bits', 'a', { sequence: '9007199254740993' }, ''],
  ])(
    'stream-store#74: a handshake with a producer and %s is refused with 400',
    async (_what, stream, producer, more) => {
      expect((await refusedHandshake(`${running.wsUrl}${path(stream, producer, more)}`)).status).toBe(400);
    },
  );

  it('stream-store#74: an own ID in a batch of a producer closes the socket, and stores nothing', async () => {
    const stream = fresh();
    const client = await open(stream, {}, '&batch=true');
    client.send(JSON.stringify([[stream, '5-0', 0]]));
    client.send(Buffer.from('x'));
    expect((await client.closed).code).toBe(1008);
    expect(await stored(stream)).toEqual([]);
  });

  it('stream-store#75: an upload that is sent again is answered alike, and stored once', async () => {
    const stream = fresh();
    const answer = async (response: Promise<Response>): Promise<string[]> =>
      (await response).json() as Promise<string[]>;
    const ids = await answer(upload(stream, by(0), 'a', 'b'));
    expect(await answer(upload(stream, by(0), 'a', 'b'))).toEqual(ids);
    expect((await answer(upload(stream, by(1), 'b', 'c'))).slice(0, 1)).toEqual(ids.slice(1));
    expect(await stored(stream)).toEqual(['a', 'b', 'c']);
  });

  it('stream-store#75: a refused upload is told what was expected', async () => {
    const stream = fresh();
    await upload(stream, by(0, 3), 'a');
    const jump = await upload(stream, by(5, 3), 'x');
    expect(jump.status).toBe(409);
    expect(jump.headers.get('Producer-Expected-Seq')).toBe('1');
    expect(jump.headers.get('Producer-Received-Seq')).toBe('5');
    expect(await jump.json()).toEqual({ detail: expect.stringContaining('Sequence 1') });
    const old = await upload(stream, by(1, 2), 'x');
    expect(old.status).toBe(403);
    expect(old.headers.get('Producer-Epoch')).toBe('3');
    expect(old.headers.get('Access-Control-Expose-Headers')).toContain('Producer-Epoch');
    for (const bad of [by('x'), by(''), by(0, -1), by(0, 0, 'a b'), { 'Producer-Id': 'p' }])
      expect((await upload(stream, bad, 'x')).status).toBe(400);
    expect((await upload('*', by(0), 'x')).status).toBe(400);
    expect(await stored(stream)).toEqual(['a']);
  });
});
