import {
  connect,
  type ConsumedEntry,
  type Millrace,
  nodeSources,
  type StreamGap,
  StreamGapError,
} from '@millrace/client';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { waitFor } from '../support/waiting.js';

const sources = nodeSources({ environment: {}, home: '/nonexistent' });
const textOf = ({ data }: ConsumedEntry): string => Buffer.from(data).toString();

describe.each(HTTP_ADAPTERS)('Consumers of a group by connect() on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  let way: CuttingProxy;
  let millrace: Millrace;
  let number = 0;
  const fresh = (): string => `s${(number += 1)}`;
  beforeAll(async () => {
    const module = StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: 200 } });
    running = await startApplication([module], { adapter });
    store = running.app.get(StreamStore);
    way = await CuttingProxy.start(Number(new URL(running.url).port));
    millrace = await connect(way.url, { sources, maxPause: 50 });
  });
  afterAll(async () => {
    await millrace.close({ timeout: 1000 });
    await way.close();
    await running.close();
  });

  const append = (stream: string, ...texts: string[]): Promise<string[]> =>
    store.append(
      stream,
      texts.map((text) => Buffer.from(text)),
    );
  const numbers = (to: number): string[] => Array.from({ length: to }, (_, n) => String(n));

  it('stream-store#94: two share the entries of a stream, in order', async () => {
    const stream = fresh();
    await append(stream, ...numbers(40));
    const seen: string[] = [];
    const shares = [0, 0];
    const ending = new AbortController();
    const consume = async (share: 0 | 1): Promise<void> => {
      const options = { group: 'g', after: '0', signal: ending.signal };
      for await (const entry of millrace.stream(stream).consume(options)) {
        seen.push(textOf(entry));
        shares[share] = (shares[share] ?? 0) + 1;
      }
    };
    const both = Promise.allSettled([consume(0), consume(1)]);
    await waitFor('all', async () => (await store.groups.describe(stream, 'g'))?.pending === 0 && seen.length === 40);
    expect(seen).toEqual(numbers(40));
    expect(Math.min(...shares)).toBeGreaterThan(5);
    ending.abort();
    await both;
    await waitFor('both to leave', async () => (await store.groups.describe(stream, 'g'))?.consumers.length === 0);
  });

  it('stream-store#82: finishes when the streams have ended and the group has dealt with them', async () => {
    const [stream, other] = [fresh(), fresh()];
    await append(stream, '1', '2');
    await append(other, '3');
    await millrace.streams.end(stream);
    const seen: string[] = [];
    for await (const entry of millrace.streams.consume([stream, other], { group: 'g', after: '0' })) {
      seen.push(textOf(entry));
      if (seen.length === 3) await millrace.streams.end(other);
    }
    expect(seen.sort()).toEqual(['1', '2', '3']);
    for (const name of [stream, other]) expect((await store.groups.describe(name, 'g'))?.pending).toBe(0);
  });

  it('stream-store#95: goes on through cuts: nothing is left out, and what was not acknowledged comes again', async () => {
    const stream = fresh();
    await append(stream, ...numbers(30));
    const seen: string[] = [];
    for await (const entry of millrace.streams.consume(stream, { group: 'g', after: '0' })) {
      seen.push(textOf(entry));
      if (seen.length % 7 === 3) way.cut();
      if (textOf(entry) === '29') break;
    }
    expect([...new Set(seen)]).toEqual(numbers(30));
    // The last one was not acknowledged.
    await waitFor('its return', async () => (await store.groups.describe(stream, 'g'))?.consumers.length === 0);
    for await (const entry of millrace.streams.consume(stream, { group: 'g' })) {
      expect(textOf(entry)).toBe('29');
      break;
    }
  });

  it('stream-store#96: refuses entries: they come again, or are set aside and listed', async () => {
    const stream = fresh();
    const ids = await append(stream, 'bad', 'once', 'good');
    const seen: string[] = [];
    for await (const entry of millrace.streams.consume(stream, { group: 'g', after: '0' })) {
      const text = textOf(entry);
      seen.push(text);
      if (text === 'bad') entry.refuse({ aside: 'it is bad' });
      if (text === 'once' && seen.filter((each) => each === 'once').length === 1) entry.refuse({ delay: 20 });
      if (text === 'good') break;
    }
    expect(seen).toEqual(['bad', 'once', 'once', 'good']);
    expect(await millrace.streams.setAside(stream, 'g')).toMatchObject([{ id: ids[0], reason: 'it is bad' }]);
    expect(await millrace.streams.groups(stream)).toMatchObject([{ group: 'g', setAside: 1, maxDeliveries: 10 }]);
  });

  it('stream-store#97: tells a gap, and raises one that nobody asked for', async () => {
    const stream = fresh();
    const [first = ''] = await append(stream, 'first');
    await append(stream, ...numbers(500));
    const consume = (onGap?: (gap: StreamGap) => void): AsyncIterable<ConsumedEntry> =>
      millrace.streams.consume(stream, { group: 'g', after: first, ...(onGap ? { onGap } : {}) });
    const raised = (async () => {
      for await (const entry of consume()) textOf(entry);
    })();
    await expect(raised).rejects.toThrow(StreamGapError);
    const gaps: StreamGap[] = [];
    for await (const entry of consume((gap) => gaps.push(gap))) {
      expect(gaps).toMatchObject([{ stream, after: first, first: entry.id }]);
      break;
    }
  });
});
