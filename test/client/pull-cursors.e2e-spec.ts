import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  connect,
  type Millrace,
  nodeSources,
  type StreamEntry,
  type StreamGap,
  StreamGapError,
} from '@millrace/client';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { WebSocketServer } from 'ws';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { waitFor } from '../support/waiting.js';

const sources = nodeSources({ environment: {}, home: '/nonexistent' });
const AHEAD = '9999999999999-5';
const textOf = ({ data }: StreamEntry): string => Buffer.from(data).toString();
const numbers = (to: number, from = 0): string[] => Array.from({ length: to - from }, (_, n) => String(from + n));

describe.each(HTTP_ADAPTERS)('Cursors of a pull by connect() on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  let way: CuttingProxy;
  let millrace: Millrace;
  let number = 0;
  const fresh = (): string => `s${(number += 1)}`;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
    way = await CuttingProxy.start(Number(new URL(running.url).port));
    millrace = await connect(way.url, { sources, maxPause: 50 });
  });
  afterAll(async () => {
    await millrace.close({ timeout: 1000 });
    await way.close();
    await running.close();
  });

  const append = (stream: string, texts: string[]): Promise<string[]> =>
    store.append(
      stream,
      texts.map((text) => Buffer.from(text)),
    );
  /** Takes entries in the background. */
  const taking = (pull: AsyncIterable<StreamEntry>): { texts: string[]; ended: Promise<void> } => {
    const texts: string[] = [];
    const ended = (async () => {
      for await (const entry of pull) texts.push(textOf(entry));
    })();
    ended.catch(() => undefined);
    return { texts, ended };
  };
  const followed = (count = 1): Promise<unknown> =>
    waitFor('the follower', () => store.followerLag()?.followers === count);

  /** A follower is there, and what the server said of it has arrived. */
  const told = async (stream: string): Promise<void> => {
    await followed();
    await waitFor('the cursors', () => way.said.includes(`{"cursors":{"${stream}"`));
    let bytes = 0;
    await waitFor('the client to have them', () => bytes === (bytes = way.bytes), { pause: 200 });
  };

  /** Cuts the way before the first entry; the entries come while it is cut. */
  const missed = async (stream: string, entries: string[]): Promise<void> => {
    await told(stream);
    way.target = undefined;
    way.cut();
    await followed(0);
    await append(stream, entries);
    way.target = Number(new URL(running.url).port);
  };

  it.each(['*', '$'])('after %s nothing is lost when the way is cut before the first entry', async (after) => {
    const stream = fresh();
    const ending = new AbortController();
    const { texts, ended } = taking(millrace.stream(stream).pull({ after, count: 2, signal: ending.signal }));
    await missed(stream, numbers(20));
    await waitFor('all that came meanwhile', () => texts.length === 20);
    await append(stream, ['20']);
    await waitFor('what comes then', () => texts.length === 21);
    expect(texts).toEqual(numbers(21));
    ending.abort();
    await expect(ended).rejects.toBeDefined();
    await followed(0);
  });

  it('after - the newest comes when the way is cut before the first entry, and only newest ones', async () => {
    const stream = fresh();
    const ending = new AbortController();
    const { texts, ended } = taking(millrace.stream(stream).pull({ after: '-', signal: ending.signal }));
    await missed(stream, numbers(20));
    await waitFor('the newest', () => texts.length === 1);
    expect(texts).toEqual(['19']);
    ending.abort();
    await expect(ended).rejects.toBeDefined();
    await followed(0);
  });

  it('after * nothing is lost or comes twice while the way is cut again and again', async () => {
    const stream = fresh();
    await append(stream, ['old', '0', '1']);
    const ending = new AbortController();
    const { texts, ended } = taking(millrace.stream(stream).pull({ after: '*', count: 2, signal: ending.signal }));
    await waitFor('the newest', () => texts.length === 2);
    for (let from = 2; from < 300; from += 10) {
      await append(stream, numbers(from + 10, from));
      if (from % 40 === 2) way.cut();
    }
    await waitFor('all', () => texts.length === 302);
    expect(texts).toEqual(numbers(302));
    ending.abort();
    await expect(ended).rejects.toBeDefined();
    await followed(0);
  });

  it('a stream that is deleted is told, and goes on with what it begins anew with, also over a cut', async () => {
    const stream = fresh();
    const [last] = await append(stream, ['old']);
    const gaps: StreamGap[] = [];
    const ending = new AbortController();
    const options = { after: '0', signal: ending.signal, onGap: (gap: StreamGap) => void gaps.push(gap) };
    const { texts, ended } = taking(millrace.stream(stream).pull(options));
    await waitFor('the first', () => texts.length === 1);
    await store.delete([stream]);
    await waitFor('the gap', () => gaps.length === 1);
    way.cut();
    await append(stream, ['again']);
    await waitFor('the next', () => texts.length === 2);
    expect(texts).toEqual(['old', 'again']);
    expect(gaps[0]).toMatchObject({ stream, after: last });
    ending.abort();
    await expect(ended).rejects.toBeDefined();
    await followed(0);
  });

  it.each([true, false])('an ID above the last one is a gap, then comes what is there; follow: %s', async (follow) => {
    const stream = fresh();
    const [first] = await append(stream, ['1', '2']);
    const gaps: StreamGap[] = [];
    const texts: string[] = [];
    const options = { after: AHEAD, follow, onGap: (gap: StreamGap) => void gaps.push(gap) };
    for await (const entry of millrace.stream(stream).pull(options)) {
      texts.push(textOf(entry));
      if (texts.length === 2 && follow) break;
    }
    expect([texts, gaps]).toEqual([['1', '2'], [{ stream, after: AHEAD, first }]]);
    await expect(taking(millrace.stream(stream).pull({ after: AHEAD, follow })).ended).rejects.toThrow(StreamGapError);
    await followed(0);
  });

  it('a pull to the end of a stream that was emptied is told what is gone, and ends', async () => {
    const stream = fresh();
    const [first = ''] = await append(stream, numbers(5));
    await store.setMetadata(stream, { max_age: 0.05 });
    await waitFor('the entries to be removed', async () => (await store.describe(stream))?.length === 0);
    const gaps: StreamGap[] = [];
    const options = { follow: false, onGap: (gap: StreamGap) => void gaps.push(gap) };
    const pull = (after: string): Promise<void> => taking(millrace.stream(stream).pull({ ...options, after })).ended;
    await pull('0');
    await pull('$');
    await pull(await store.lastId(stream));
    expect(gaps).toEqual([]);
    await pull(first);
    expect(gaps).toEqual([{ stream, after: first, first: undefined }]);
  });

  describe('over a server that comes back with less', () => {
    let other: RunningApplication;
    let otherStore: StreamStore;
    beforeEach(async () => {
      other = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
      otherStore = other.app.get(StreamStore);
    });
    afterEach(async () => {
      way.target = Number(new URL(running.url).port);
      await other.close();
    });
    const own = (to: StreamStore, stream: string, ...ids: string[]): Promise<string[]> =>
      to.appendAll(ids.map((id) => ({ stream, id, data: Buffer.from(id) })));
    /** Pulls to the end; the server is another one after the first entry. */
    const pulled = async (stream: string): Promise<{ texts: string[]; gaps: StreamGap[] }> => {
      const gaps: StreamGap[] = [];
      const onGap = (gap: StreamGap): void => void gaps.push(gap);
      const pull = millrace.stream(stream).pull({ after: '0', follow: false, count: 1, onGap });
      const { value } = await pull.next();
      way.target = Number(new URL(other.url).port);
      way.cut();
      const rest = taking(pull);
      await rest.ended;
      return { texts: [textOf(value as StreamEntry), ...rest.texts], gaps };
    };
    const many = Array.from({ length: 50 }, (_, n) => `${n + 1}-0`);

    it('a pull to the end ends where the stream ends now, and is told', async () => {
      const stream = fresh();
      await own(store, stream, ...many);
      await own(otherStore, stream, ...many.slice(0, 20));
      const { texts, gaps } = await pulled(stream);
      expect([texts, gaps]).toEqual([many.slice(0, 20), [{ stream, after: '20-0', first: undefined }]]);
    });

    it('a pull to the end does not wait for IDs of a clock that was ahead', async () => {
      const stream = fresh();
      await own(store, stream, '100-0', ...many.map((id) => `9${id}`).filter((id) => id.length > 4), AHEAD);
      await own(otherStore, stream, '10-0', '20-0');
      const { texts, gaps } = await pulled(stream);
      expect(texts.slice(-2)).toEqual(['10-0', '20-0']);
      expect(gaps).toMatchObject([{ stream, first: '10-0' }]);
    });

    it('a pull to the end ends when there is nothing any more, and is told', async () => {
      const stream = fresh();
      await own(store, stream, ...many);
      const { gaps } = await pulled(stream);
      expect(gaps).toMatchObject([{ stream }]);
    });

    it('a pull goes on with what the other one has, and is told', async () => {
      const stream = fresh();
      await own(store, stream, '100-0');
      const gaps: StreamGap[] = [];
      const ending = new AbortController();
      const options = { after: '0', signal: ending.signal, onGap: (gap: StreamGap) => void gaps.push(gap) };
      const { texts, ended } = taking(millrace.stream(stream).pull(options));
      await waitFor('the first', () => texts.length === 1);
      way.target = Number(new URL(other.url).port);
      way.cut();
      await waitFor('the gap', () => gaps.length === 1);
      await own(otherStore, stream, '10-0', '20-0');
      await waitFor('the others', () => texts.length === 3);
      expect([texts, gaps]).toEqual([['100-0', '10-0', '20-0'], [{ stream, after: '100-0', first: undefined }]]);
      ending.abort();
      await expect(ended).rejects.toBeDefined();
    });
  });

  it('a pull to the end ends when what was there is deleted', async () => {
    const stream = fresh();
    await append(stream, numbers(200));
    const gaps: StreamGap[] = [];
    const pull = millrace
      .stream(stream)
      .pull({ after: '0', follow: false, count: 1, onGap: (gap) => void gaps.push(gap) });
    await pull.next();
    await store.delete([stream]);
    const texts: string[] = [];
    for await (const entry of pull) texts.push(textOf(entry));
    expect(gaps).toHaveLength(1);
    expect(texts.length).toBeLessThan(199);
    await followed(0);
  });
});

it('A pull works with a server that tells no cursors', async () => {
  const http = createServer((_request, response) => response.writeHead(404).end('{}'));
  const server = new WebSocketServer({ server: http });
  const asked: string[] = [];
  server.on('connection', (socket, request) => {
    const { searchParams } = new URL(request.url ?? '', 'http://host');
    asked.push(searchParams.get('last_entry_id') ?? '');
    const from = asked.length;
    socket.send(JSON.stringify([['s', `${from}-0`, 0]]));
    socket.send(Buffer.from(String(from)));
    socket.on('message', () => socket.terminate());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const millrace = await connect(`http://127.0.0.1:${port}`, { sources, maxPause: 50 });
  const texts: string[] = [];
  for await (const entry of millrace.stream('s').pull({ after: '*' })) {
    texts.push(textOf(entry));
    if (texts.length === 3) break;
  }
  expect(texts).toEqual(['1', '2', '3']);
  expect(asked).toEqual(['*', '1-0', '2-0']);
  await millrace.close({ timeout: 1000 });
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => http.close(resolve));
});
