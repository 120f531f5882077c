import {
  ConfigurationError,
  type StreamEntry,
  Streams,
  type StreamsOptions,
  type UnreadableEntry,
  UnreadableEntryError,
} from '@millrace/client';
import { SocketRegistry } from '@millrace/core';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { waitFor } from '../support/waiting.js';

describe.each(HTTP_ADAPTERS)('Streams of the client on %s', (adapter) => {
  let running: RunningApplication;
  let way: CuttingProxy;
  let number = 0;
  const fresh = (): string => `a stream/ü ${(number += 1)}`.replace('/', '-');
  const streams = (options: Partial<StreamsOptions> = {}): Streams =>
    new Streams({ url: way.url, maxPause: 200, ...options });
  beforeAll(async () => {
    running = await startApplication(
      [StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: 100_000 } })],
      { adapter },
    );
    way = await CuttingProxy.start(Number(new URL(running.url).port));
  });
  afterAll(async () => {
    await way.close();
    await running.close();
  });

  /** The first entries of a pull. */
  const take = async (from: AsyncIterable<StreamEntry>, count: number): Promise<StreamEntry[]> => {
    const taken: StreamEntry[] = [];
    for await (const entry of from) {
      taken.push(entry);
      if (taken.length === count) break;
    }
    return taken;
  };
  const textOf = ({ data }: StreamEntry): string => Buffer.from(data).toString();

  it('pushes in order, answers the IDs, and pulls the same bytes back', async () => {
    const stream = fresh();
    await using push = streams().push(stream, { window: 16 });
    const ids = await Promise.all(Array.from({ length: 1000 }, (_, n) => push.send(`entry ${n}`)));
    const pulled = await take(streams().pull(stream, { after: '0' }), 1000);
    expect(pulled.map(textOf)).toEqual(Array.from({ length: 1000 }, (_, n) => `entry ${n}`));
    expect(pulled.map(({ id }) => id)).toEqual(ids);
    expect(new Set(pulled.map((entry) => entry.stream))).toEqual(new Set([stream]));
  });

  it('pulls on through cuts: nothing is left out, nothing comes twice', async () => {
    const stream = fresh();
    const direct = new Streams({ url: running.url });
    await using push = direct.push(stream);
    const seen: string[] = [];
    const pulling = (async () => {
      for await (const entry of streams().pull(stream, { after: '0', count: 7 })) {
        seen.push(textOf(entry));
        if (seen.length === 1000) return;
      }
    })();
    for (let part = 0; part < 10; part += 1) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => push.send(String(part * 100 + n))));
      await waitFor('some entries', () => seen.length > part * 100);
      way.cut();
    }
    await pulling;
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, n) => String(n)));
  });

  it('pulls on behind entries that cannot be converted, through cuts, and tells of each once', async () => {
    const stream = fresh();
    await using push = new Streams({ url: running.url }).push(stream);
    const seen: string[] = [];
    const pulling = (async () => {
      const onUnreadable = ({ id }: UnreadableEntry): unknown => seen.push(id);
      for await (const entry of streams().pull(stream, { after: '0', count: 7, output: 'json', onUnreadable }))
        if (seen.push(textOf(entry)) >= 500) return;
    })();
    const due: string[] = [];
    for (let part = 0; part < 5; part += 1) {
      const texts = Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? 'x' : String(part * 100 + n)));
      const ids = await Promise.all(texts.map((text) => push.send(text)));
      due.push(...texts.map((text, n) => (text === 'x' ? (ids[n] as string) : text)));
      if (part === 4) await push.send('0');
      await waitFor('some entries', () => seen.length > part * 100);
      way.cut();
    }
    await pulling;
    expect(seen).toEqual([...due, '0']);
  });

  it('ends with an entry that cannot be converted, by an error where nobody hears of it', async () => {
    const stream = fresh();
    await using push = streams().push(stream);
    await push.send('1');
    const id = await push.send('x');
    const pull = (onUnreadable?: (entry: UnreadableEntry) => void): Promise<StreamEntry[]> =>
      take(
        streams().pull(stream, { after: '0', follow: false, output: 'json', ...(onUnreadable && { onUnreadable }) }),
        9,
      );
    const told: UnreadableEntry[] = [];
    expect((await pull((entry) => void told.push(entry))).map(textOf)).toEqual(['1']);
    expect(told).toEqual([{ stream, id, bytes: 1, reason: 'An entry is not JSON' }]);
    const error = await pull().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnreadableEntryError);
    expect(error).toMatchObject({ code: 'UNREADABLE_ENTRY', stream, id, bytes: 1 });
  });

  it('pushes on through cuts: nothing acknowledged is lost, and the order stays', async () => {
    const stream = fresh();
    const push = streams().push(stream, { window: 10 });
    const sent: Promise<string>[] = [];
    for (let n = 0; n < 300; n += 1) {
      sent.push(push.send(String(n)));
      if (n % 60 === 30) {
        await sent.at(-20);
        way.cut();
      }
    }
    const ids = new Set(await Promise.all(sent));
    await push.close();
    const info = (await (await fetch(`${running.url}/streams/${encodeURIComponent(stream)}`)).json()) as {
      length: number;
    };
    const stored = await take(new Streams({ url: running.url }).pull(stream, { after: '0' }), info.length);
    // Entries sent again may be there twice; the acknowledged ones are all there, in order.
    expect(stored.filter(({ id }) => ids.has(id)).map(textOf)).toEqual(
      Array.from({ length: 300 }, (_, n) => String(n)),
    );
  });

  it('$ is where the pull began, also when the connection is cut before the first entry', async () => {
    const stream = fresh();
    const direct = new Streams({ url: running.url });
    await using push = direct.push(stream);
    await push.send('old');
    const pulls = (): number =>
      running.app
        .get(SocketRegistry, { strict: false })
        .endpoints.filter(({ paths }) => paths.some((path) => path.includes('pull')))
        .reduce((count, { connections }) => count + connections.size, 0);
    await waitFor('earlier pulls to go', () => pulls() === 0);
    const pulling = take(streams().pull(stream), 2);
    await waitFor('the socket', () => pulls() === 1);
    way.cut();
    await push.send('new');
    await push.send('newer');
    expect((await pulling).map(textOf)).toEqual(['new', 'newer']);
  });

  it('pulls several streams at once, each from its own position', async () => {
    const [one, two] = [fresh(), fresh()];
    const client = streams();
    await using pushOne = client.push(one);
    await using pushTwo = client.push(two);
    const [first] = [await pushOne.send('1a'), await pushOne.send('1b'), await pushTwo.send('2a')];
    const pulled = await take(client.pull([one, two], { after: [first, '0'] }), 2);
    expect(pulled.map(textOf).sort()).toEqual(['1b', '2a']);
  });

  it('a slow reader holds the server back: at most two messages are there', async () => {
    const stream = fresh();
    await using push = streams().push(stream);
    await Promise.all(Array.from({ length: 50 }, () => push.send(new Uint8Array(1000))));
    const pull = streams().pull(stream, { after: '0', count: 5 });
    way.bytes = 0;
    await pull.next();
    // Answered only after the server had every occasion to send more.
    for (let n = 0; n < 20; n += 1) await push.send(new Uint8Array(1000));
    expect(way.bytes).toBeLessThan(15_000);
    expect((await take(pull, 69)).length).toBe(69);
  });

  it('an abort ends a pull and a push with its reason', async () => {
    const abort = new AbortController();
    const pulling = expect(take(streams().pull(fresh(), { signal: abort.signal }), 1)).rejects.toThrow('enough');
    const push = streams().push(fresh(), { signal: abort.signal });
    await push.send('x');
    abort.abort(new Error('enough'));
    await pulling;
    await expect(push.send('y')).rejects.toThrow('enough');
    await expect(push.close()).rejects.toThrow('enough');
  });

  it('what the server refuses is raised at once', async () => {
    await expect(take(streams().pull(fresh(), { after: 'rubbish' }), 1)).rejects.toMatchObject({
      name: 'StreamClosedError',
      closeCode: 1008,
    });
    const push = streams().push(fresh());
    await expect(push.send(new Uint8Array(17 * 1024 * 1024))).rejects.toMatchObject({
      name: 'StreamClosedError',
      closeCode: 1009,
    });
    await expect(push.close()).rejects.toMatchObject({ name: 'StreamClosedError' });
    const nowhere = streams({ url: `${way.url}/nowhere` }).push('x');
    await expect(nowhere.send('x')).rejects.toMatchObject({ name: 'NotFoundError', status: 404 });
  });

  it('after close() nothing more can be pushed', async () => {
    const push = streams().push(fresh());
    await push.send('x');
    await push.close();
    await push.close();
    await expect(push.send('y')).rejects.toMatchObject({ name: 'ConnectionClosedError' });
  });
});

it('gives up after maxAttempts', async () => {
  const streams = new Streams({ url: 'http://127.0.0.1:1', maxAttempts: 2, maxPause: 1 });
  await expect(streams.push('x').send('y')).rejects.toMatchObject({ name: 'ConnectionRefusedError' });
  await expect(streams.pull('x').next()).rejects.toMatchObject({ name: 'ConnectionRefusedError' });
});

it.each([
  ['url', { url: 'localhost:7890' }],
  ['tls', { url: 'http://localhost', tls: {} }],
  ['maxAttempts', { url: 'http://localhost', maxAttempts: 0 }],
])('a bad %s is refused when constructed', (setting, options) => {
  expect(() => new Streams(options)).toThrow(ConfigurationError);
  expect(() => new Streams(options)).toThrow(setting);
});
