import {
  connect,
  ConfigurationError,
  type Millrace,
  type MillraceOptions,
  nodeSources,
  type StreamEntry,
  type StreamGap,
  StreamGapError,
  type TransferProgress,
} from '@millrace/client';
import { memoryStore, type ProducerPosition, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { holdTimers } from '../support/held-timers.js';
import { waitFor } from '../support/waiting.js';

const sources = nodeSources({ environment: {}, home: '/nonexistent' });
const textOf = ({ data }: StreamEntry): string => Buffer.from(data).toString();
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

async function all(pull: AsyncIterable<StreamEntry>): Promise<string[]> {
  const texts: string[] = [];
  for await (const entry of pull) texts.push(textOf(entry));
  return texts;
}

describe.each(HTTP_ADAPTERS)('Streams of connect() on %s', (adapter) => {
  let running: RunningApplication;
  let way: CuttingProxy;
  let opened: Millrace[] = [];
  let number = 0;
  const fresh = (): string => `stream ${(number += 1)}`;
  const open = async (options: MillraceOptions = {}): Promise<Millrace> => {
    const millrace = await connect(way.url, { sources, maxPause: 100, ...options });
    opened.push(millrace);
    return millrace;
  };
  beforeAll(async () => {
    running = await startApplication(
      [StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: 100_000 } })],
      { adapter },
    );
    way = await CuttingProxy.start(Number(new URL(running.url).port));
  });
  afterEach(async () => {
    jest.useRealTimers();
    await Promise.all(opened.map((millrace) => millrace.close({ timeout: 1000 })));
    opened = [];
  });
  afterAll(async () => {
    await way.close();
    await running.close();
  });

  describe('push', () => {
    it('gathers entries into batches by number, by bytes and by time', async () => {
      const stream = (await open()).stream(fresh());
      const push = stream.push({ batch: { entries: 10, bytes: 1000, delay: 20 } });
      const ids = await Promise.all(numbers(25).map((text) => push.send(text)));
      expect(new Set(ids).size).toBe(25);
      expect(await all(stream.pull({ after: '0', follow: false }))).toEqual(numbers(25));
      const large = [push.send('x'.repeat(600)), push.send('y'.repeat(600)), push.send('z'.repeat(5000))];
      expect((await Promise.all(large)).length).toBe(3);
      await push.close();
      expect((await stream.info()).length).toBe(28);
    });

    it('gives up a source that gives nothing when the time is over', async () => {
      const push = (await open()).stream(fresh()).push();
      async function* silent(): AsyncGenerator<string> {
        yield 'one';
        await new Promise(() => undefined);
      }
      await expect(push.sendAll(silent(), { timeout: 50 })).rejects.toMatchObject({ code: 'TIMED_OUT' });
      await expect(push.sendAll(silent(), { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
        name: 'TimeoutError',
      });
      await push.close();
    });

    it('stores a batch of its own whole, in one piece', async () => {
      const stream = (await open()).stream(fresh());
      await using push = stream.push({ batch: true });
      const [first, ids, last] = await Promise.all([
        push.send('first'),
        push.sendBatch(['a', new Uint8Array(0), 'c']),
        push.send('last'),
      ]);
      expect(await push.sendBatch([])).toEqual([]);
      const entries: StreamEntry[] = [];
      for await (const entry of stream.pull({ after: '0', follow: false })) entries.push(entry);
      expect(entries.map(({ id }) => id)).toEqual([first, ...ids, last]);
      expect(entries.map(textOf)).toEqual(['first', 'a', '', 'c', 'last']);
      const plain = stream.push();
      expect(() => plain.sendBatch(['x'])).toThrow(ConfigurationError);
    });

    it.each([
      ['batches', { batch: { entries: 7 } }],
      ['single entries', {}],
    ])('%s are all there once and in order after many cuts, beside those of another push', async (_what, options) => {
      const millrace = await open();
      const stream = millrace.stream(fresh());
      const push = stream.push({ ...options, window: 50 });
      const other = stream.push(options);
      let cuts = 0;
      const sending = (async function* () {
        for (const text of numbers(1500)) {
          if (Number(text) % 100 === 99) {
            await push.ready();
            // Some are acknowledged, some under way.
            way.cut();
            cuts += 1;
          }
          void other.send(`other ${text}`);
          yield text;
        }
      })();
      expect(await push.sendAll(sending)).toMatchObject({ entries: 1500 });
      await Promise.all([push.close(), other.close()]);
      expect(cuts).toBe(15);
      expect(push.storesOnce).toBe(true);
      const stored = await all(stream.pull({ after: '0', follow: false }));
      expect(stored.filter((text) => !text.startsWith('other'))).toEqual(numbers(1500));
      expect(stored.filter((text) => text.startsWith('other'))).toEqual(numbers(1500).map((text) => `other ${text}`));
    });

    it('what an old connection brings behind the new one is not stored twice', async () => {
      const stream = (await open()).stream(fresh());
      const push = stream.push();
      await push.send('0');
      const held = way.hold();
      const sending = numbers(5)
        .slice(1)
        .map((text) => push.send(text));
      await waitFor('the entries to be under way', () => held.bytes > 0);
      held.cut();
      const ids = await Promise.all(sending);
      held.deliver();
      await push.send('5');
      await push.close();
      expect(await all(stream.pull({ after: '0', follow: false }))).toEqual(numbers(6));
      expect((await stream.read({ after: '0', count: 10 })).map(({ id }) => id).slice(1, 5)).toEqual(ids);
    });

    it('goes on after its stream was deleted, with what was not acknowledged', async () => {
      const stream = (await open()).stream(fresh());
      const push = stream.push();
      await Promise.all(numbers(10).map((text) => push.send(text)));
      await stream.delete();
      await Promise.all(['a', 'b'].map((text) => push.send(text)));
      await push.close();
      expect(await all(stream.pull({ after: '0', follow: false }))).toEqual(['a', 'b']);
    });

    it.each([
      ['goes on under another name', undefined],
      ['ends, where it is named,', { id: 'named', epoch: 7 }],
    ])('%s when the storage has lost what it had acknowledged', async (_what, producer) => {
      const stream = (await open()).stream(fresh());
      const store = running.app.get(StreamStore, { strict: false });
      const append = jest.spyOn(store, 'append');
      const push = stream.push({ producer });
      await Promise.all(['a', 'b', 'c'].map((text) => push.send(text)));
      const used = append.mock.calls[0]?.[2]?.producer as ProducerPosition;
      append.mockRestore();
      expect(used).toMatchObject({ epoch: 0, ...producer, sequence: 0 });
      // As a storage that is behind: of three entries it has the first.
      await stream.delete();
      await store.append(stream.names[0], [Buffer.from('a')], { producer: used });
      if (producer) await expect(push.send('d')).rejects.toMatchObject({ code: 'STREAM_CLOSED', closeCode: 4009 });
      else await push.send('d');
      await push.close().catch(() => undefined);
      expect(await all(stream.pull({ after: '0', follow: false }))).toEqual(producer ? ['a'] : ['a', 'd']);
    });

    it('a push of the same writer with a greater epoch ends the one before for good', async () => {
      const stream = (await open()).stream(fresh());
      const before = stream.push({ producer: { id: 'meter/7' } });
      await before.send('a');
      const now = stream.push({ producer: { id: 'meter/7', epoch: Date.now() + 1000 } });
      await now.send('b');
      await expect(before.send('c')).rejects.toMatchObject({ code: 'STREAM_CLOSED', closeCode: 3003 });
      await expect(before.close()).rejects.toMatchObject({ closeCode: 3003 });
      await now.send('d');
      await now.close();
      expect(await all(stream.pull({ after: '0', follow: false }))).toEqual(['a', 'b', 'd']);
    });

    it('keeps no more messages under way than a server answers repeats of', async () => {
      const stream = (await open()).stream(fresh());
      const push = stream.push({ window: 100_000 });
      await push.send('0');
      const held = way.hold();
      const sent = numbers(3000)
        .slice(1)
        .map((text) => push.send(text));
      await waitFor('those that are under way', () => held.bytes > 0);
      held.cut();
      await Promise.all(sent);
      await push.close();
      expect(await all(stream.pull({ after: '0', follow: false }))).toEqual(numbers(3000));
    });

    it('sends without acknowledgement; close() waits until the server has everything', async () => {
      const stream = (await open()).stream(fresh());
      const seen: TransferProgress[] = [];
      const push = stream.push({ ack: false, windowBytes: 1000, onProgress: (progress) => void seen.push(progress) });
      for (const text of numbers(500)) await push.send(text);
      await push.close();
      await push.close();
      expect(seen.at(-1)).toEqual({ entries: 500, bytes: numbers(500).join('').length });
      expect(push.progress).toEqual(seen.at(-1));
      expect(await all(stream.pull({ after: '0', follow: false }))).toEqual(numbers(500));
      await expect(push.send('late')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    });

    it('without acknowledgement goes on after a cut', async () => {
      const stream = (await open()).stream(fresh());
      const push = stream.push({ ack: false });
      await push.send('before');
      await waitFor('the first entry', async () => (await stream.info()).length === 1);
      way.cut();
      await waitFor('entries after the cut', async () => {
        await push.send('after');
        return (await stream.info()).length > 2;
      });
      await push.close();
    });

    it('tells how far it is, and sends as fast as the window lets it', async () => {
      const stream = (await open()).stream(fresh());
      const seen: number[] = [];
      const push = stream.push({ window: 8, onProgress: ({ entries }) => void seen.push(entries) });
      let ahead = 0;
      let most = 0;
      const source = (function* () {
        for (const text of numbers(300)) {
          ahead += 1;
          most = Math.max(most, ahead - (seen.at(-1) ?? 0));
          yield text;
        }
      })();
      expect(await push.sendAll(source)).toEqual({ entries: 300, bytes: numbers(300).join('').length });
      expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
      expect(most).toBeLessThanOrEqual(10);
      await push.close();
    });

    it('sendAll ends with the push, also in the middle of an endless source', async () => {
      const abort = new AbortController();
      const stream = (await open()).stream(fresh());
      const push = stream.push({ signal: abort.signal });
      const endless = (function* () {
        for (let n = 0; ; n += 1) {
          if (n === 500) abort.abort(new Error('enough'));
          yield String(n);
        }
      })();
      await expect(push.sendAll(endless)).rejects.toThrow('enough');
    });

    it('the end of the wait for one entry leaves the push alone', async () => {
      const stream = (await open()).stream(fresh());
      await using push = stream.push();
      const late = push.send('late', { signal: AbortSignal.abort(new Error('no time')) });
      await expect(late).rejects.toThrow('no time');
      await push.send('next');
      await push.flush({ timeout: 60_000 });
      expect(await all(stream.pull({ after: '0', follow: false }))).toEqual(['late', 'next']);
    });

    it('close() of the client waits until open pushes are stored', async () => {
      const millrace = await open();
      const stream = millrace.stream(fresh());
      const push = stream.push({ batch: { delay: '10m' } });
      const sent = Promise.all(numbers(50).map((text) => push.send(text)));
      await millrace.close();
      expect(new Set(await sent).size).toBe(50);
    });

    it.each([
      ['window', { window: 0 }],
      ['windowBytes', { windowBytes: 1.5 }],
      ['batch.entries', { batch: { entries: 10_001 } }],
      ['batch.bytes', { batch: { bytes: -1 } }],
      ['batch.delay', { batch: { delay: 'soon' } }],
      ['producer.id', { producer: { id: 'a b' } }],
      ['producer.epoch', { producer: { id: 'a', epoch: -1 } }],
    ])('a bad %s is refused', async (setting, options) => {
      const stream = (await open()).stream(fresh());
      expect(() => stream.push(options)).toThrow(setting);
    });

    it.each(['', '*', 'a+b', 'a/b'])('the name "%s" is refused', async (name) => {
      const millrace = await open();
      expect(() => millrace.stream(name).push()).toThrow(ConfigurationError);
      await expect(millrace.stream(name).pull().next()).rejects.toBeInstanceOf(ConfigurationError);
      await expect(millrace.stream(name).info()).rejects.toBeInstanceOf(ConfigurationError);
    });
  });

  describe('pull', () => {
    it('gives nothing more once its signal is aborted, also of what has come already', async () => {
      const stream = (await open()).stream(fresh());
      await stream.push({ batch: true }).sendAll(numbers(20));
      const ending = new AbortController();
      const taken: string[] = [];
      const pulling = (async () => {
        for await (const entry of stream.pull({ after: '0', signal: ending.signal })) {
          taken.push(textOf(entry));
          if (taken.length === 3) ending.abort(new Error('enough'));
        }
      })();
      await expect(pulling).rejects.toThrow('enough');
      expect(taken).toEqual(['0', '1', '2']);
    });

    it('ends after what there was at the beginning, of several streams', async () => {
      const millrace = await open();
      const [left, right, empty] = [fresh(), fresh(), fresh()];
      await using push = millrace.stream(left).push();
      await using other = millrace.stream(right).push();
      await Promise.all([push.sendAll(['1', '2', '3']), other.sendAll(['a'])]);
      const pull = millrace.stream(left, right, empty).pull({ after: ['0', '0', '0'], follow: false, count: 1 });
      expect((await all(pull)).sort()).toEqual(['1', '2', '3', 'a']);
      expect(await all(millrace.stream(empty).pull({ after: '0', follow: false }))).toEqual([]);
      expect(await all(millrace.stream(left).pull({ follow: false }))).toEqual([]);
    });

    it('ends when nothing has come for a while, however slow its reader is', async () => {
      const stream = (await open({ silenceTimeout: 0 })).stream(fresh());
      await using push = stream.push();
      await push.sendAll(numbers(3));
      const seen: string[] = [];
      const pass = (): unknown => jest.advanceTimersByTime(11_000);
      let passing: NodeJS.Timeout | undefined;
      holdTimers();
      for await (const entry of stream.pull({ after: '0', idleTimeout: 10_000, count: 1 })) {
        seen.push(textOf(entry));
        // Longer than the timeout: it is the reader's own time.
        pass();
        if (seen.length === 3) passing = setInterval(pass, 10);
      }
      clearInterval(passing);
      expect(seen).toEqual(numbers(3));
    });

    it('tells of entries that retention took: by onGap, or by an error', async () => {
      const stream = (await open()).stream(fresh());
      await stream.setMetadata({ max_len: 1 });
      await using push = stream.push({ batch: true });
      const first = await push.send('first');
      await push.sendBatch(numbers(500));
      const gaps: StreamGap[] = [];
      const pull = stream.pull({ after: first, follow: false, onGap: (gap) => void gaps.push(gap) });
      const rest = await all(pull);
      expect(rest.length).toBeLessThan(500);
      expect(rest).toEqual(numbers(500).slice(-rest.length));
      expect(gaps).toEqual([{ stream: stream.names[0], after: first, first: expect.any(String) }]);
      const failing = all(stream.pull({ after: first, follow: false }));
      await expect(failing).rejects.toBeInstanceOf(StreamGapError);
      await expect(failing).rejects.toMatchObject({ code: 'STREAM_GAP', after: first });
      const pulled = gaps.splice(0);
      await expect(stream.read({ after: first })).rejects.toMatchObject({
        code: 'STREAM_GAP',
        stream: stream.names[0],
      });
      await stream.read({ after: first, onGap: (gap) => void gaps.push(gap) });
      expect(gaps).toEqual(pulled);
      // Who asks for all that are kept misses nothing.
      expect(await all(stream.pull({ after: '0', follow: false }))).toEqual(rest);
    });

    it('a way that has gone without a word is noticed: the pull goes on over a new one', async () => {
      const stream = (await open({ silenceTimeout: 2000 })).stream(fresh());
      const seen: string[] = [];
      const abort = new AbortController();
      const pulling = (async () => {
        for await (const entry of stream.pull({ after: '0', signal: abort.signal })) seen.push(textOf(entry));
      })();
      const direct = (await connect(running.url, { sources })).stream(stream.names[0]).push();
      await direct.send('before');
      await waitFor('the first entry', () => seen.length === 1);
      way.freeze();
      await direct.send('meanwhile');
      await waitFor('the second entry', () => seen.length === 2);
      // Nothing but pings and pongs for several times as long: the connection stays.
      const { accepted } = way;
      const end = Date.now() + 6500;
      await waitFor('a quiet time', () => Date.now() > end);
      expect(way.accepted).toBe(accepted);
      abort.abort(new Error('enough'));
      await expect(pulling).rejects.toThrow('enough');
      expect(seen).toEqual(['before', 'meanwhile']);
      await direct.close();
    });

    it('tells how far it is; latest passes over what is old; output converts', async () => {
      const stream = (await open()).stream(fresh());
      await using push = stream.push();
      await push.sendAll(['{"a":  1}', '{"a":  2}']);
      let told: TransferProgress | undefined;
      const pull = stream.pull({ after: '0', follow: false, onProgress: (progress) => (told = progress) });
      expect((await all(pull)).length).toBe(2);
      expect(told).toEqual({ entries: 2, bytes: 18 });
      const latest: string[] = [];
      for await (const entry of stream.pull({ after: '0', latest: true, output: 'json', input: 'json' })) {
        latest.push(textOf(entry));
        if (latest.length === 2) break;
        await push.send('{"a":  3}');
      }
      expect(latest).toEqual(['{"a":2}', '{"a":3}']);
    });

    it('a message that is none is raised', async () => {
      const { startPeer } = await import('./peers.js');
      const peer = await startPeer(undefined, { onConnection: (ws) => ws.send('{"no": "header"}') });
      const millrace = await connect(peer.uri, { sources, check: false });
      await expect(millrace.stream('x').pull({ after: '0' }).next()).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
      await millrace.close();
      await peer.close();
    });
  });

  describe('REST', () => {
    it('lists, describes and deletes streams, and keeps their metadata', async () => {
      const { streams } = await open();
      const [name, unknown] = [fresh(), fresh()];
      expect(await streams.info(name)).toMatchObject({ exists: false, length: 0, metadata: undefined });
      await using push = streams.push(name);
      const ids = await Promise.all(numbers(3).map((text) => push.send(text)));
      expect(await streams.list()).toContain(name);
      expect((await streams.listInfo()).find(({ stream }) => stream === name)).toMatchObject({
        exists: true,
        length: 3,
        entriesAdded: 3,
        firstEntry: ids[0],
        lastEntry: ids[2],
        lastGeneratedId: ids[2],
      });
      expect(await streams.setMetadata(name, { room: 'lab', max_len: 50 })).toEqual({ room: 'lab', max_len: 50 });
      expect(await streams.setMetadata(name, { floor: 2 })).toEqual({ room: 'lab', max_len: 50, floor: 2 });
      expect(await streams.setMetadata(name, { floor: 3 }, { override: true })).toEqual({ floor: 3 });
      expect(await streams.metadata(name)).toEqual({ floor: 3 });
      await expect(streams.setMetadata(name, { max_len: -1 })).rejects.toMatchObject({ code: 'INVALID', status: 422 });
      expect(await streams.delete([name, unknown])).toEqual([
        { stream: name, existed: true, entries: 3, metadata: true },
        { stream: unknown, existed: false, entries: 0, metadata: false },
      ]);
      expect(await streams.list()).not.toContain(name);
    });

    it('reads without waiting', async () => {
      const millrace = await open();
      const stream = millrace.stream(fresh());
      await using push = stream.push();
      const ids = await Promise.all(numbers(5).map((text) => push.send(text)));
      expect((await stream.read()).map(textOf)).toEqual(['4']);
      expect((await stream.read({ count: 2 })).map(textOf)).toEqual(['3', '4']);
      expect((await stream.read({ after: ids[0] ?? '', count: 3 })).map(textOf)).toEqual(['1', '2', '3']);
      expect(await stream.read({ after: ids[4] ?? '' })).toEqual([]);
    });
  });
});
