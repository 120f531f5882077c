import {
  ConfigurationError,
  connect,
  type Millrace,
  nodeSources,
  NotFoundError,
  type StreamEntry,
} from '@millrace/client';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';

const sources = nodeSources({ environment: {}, home: '/nonexistent' });
const textOf = ({ data }: StreamEntry): string => Buffer.from(data).toString();

describe.each(HTTP_ADAPTERS)('Numbers, groups and ranges of streams by connect() on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  let millrace: Millrace;
  let number = 0;
  const fresh = (): string => `s ü${(number += 1)}`;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
    millrace = await connect(running.url, { sources, maxPause: 50 });
  });
  afterAll(async () => {
    await millrace.close({ timeout: 1000 });
    await running.close();
  });

  const append = (stream: string, ...texts: string[]): Promise<string[]> =>
    store.append(
      stream,
      texts.map((text) => Buffer.from(text)),
    );
  const own = (stream: string, ...ids: string[]): Promise<string[]> =>
    store.appendAll(ids.map((id) => ({ stream, id, data: Buffer.from(id) })));
  const all = async (pull: AsyncIterable<StreamEntry>): Promise<string[]> => {
    const texts: string[] = [];
    for await (const entry of pull) texts.push(textOf(entry));
    return texts;
  };

  it('stream-store#101: tells the numbers of streams', async () => {
    const names = ['n1', 'n2', 'n3'];
    for (const name of names) await append(name, 'a', 'bc');
    const [first] = await millrace.streams.statistics({ match: 'n', count: 1 });
    const [entry] = await store.readNewest('n1', 1);
    expect(first).toMatchObject({ name: 'n1', entries: 2, bytes: 3, added: 2, lastId: entry?.id, rate: undefined });
    expect(first).toMatchObject({ ended: false, groups: 0, readers: 0, writers: 0 });
    const rest = await millrace.streams.statistics({ match: 'n', after: 'n1', timeout: '30s' });
    expect(rest.map(({ name }) => name)).toEqual(['n2', 'n3']);
    const rate = async (): Promise<boolean> => {
      const [again] = await millrace.streams.statistics({ match: 'n1' });
      return again?.rate === 0;
    };
    await waitFor('a rate', rate, { pause: 200 });
    expect((await millrace.streams.info('n1')).retention).toEqual({
      maxLength: 1000,
      maxAge: undefined,
      maxBytes: undefined,
    });
  });

  it('stream-store#98: makes, describes, moves and deletes groups', async () => {
    const stream = fresh();
    const group = 'a/b ü';
    const ids = await append(stream, '1', '2', '3');
    const { streams } = millrace;
    const made = await streams.openGroup(stream, group, { after: '0', idle: 5000, maxDeliveries: 3 });
    expect(made).toMatchObject({ group, ordered: true, idle: 5000, maxDeliveries: 3, lag: 3, pending: 0, attempts: 0 });
    expect(made.lagSeconds).toBeGreaterThanOrEqual(0);
    expect(await streams.openGroup(stream, group, { ordered: false })).toMatchObject({ ordered: false, idle: 5000 });
    expect(await streams.moveGroup(stream, group, ids[1] as string)).toMatchObject({ last: ids[1], lag: 1 });
    for await (const entry of streams.consume(stream, { group })) {
      expect(textOf(entry)).toBe('3');
      const { consumers } = await streams.group(stream, group);
      expect(consumers).toMatchObject([{ pending: 1, attempts: 1 }]);
      break;
    }
    await expect(streams.moveGroup(stream, 'none', '0')).rejects.toThrow(NotFoundError);
    await expect(streams.group(stream, 'none')).rejects.toThrow(NotFoundError);
    expect([await streams.deleteGroup(stream, group), await streams.deleteGroup(stream, group)]).toEqual([true, false]);
    expect(await streams.groups(stream)).toEqual([]);
  });

  it('stream-store#99: lists, reads, hands out again and forgets what was set aside', async () => {
    const stream = fresh();
    const ids = await append(stream, '1', '2', '3', '4');
    const { streams } = millrace;
    let seen = 0;
    for await (const entry of streams.consume(stream, { group: 'g', after: '0' })) {
      if (seen === 4) break;
      entry.refuse({ aside: 'bad' });
      seen += 1;
      if (seen === 4) await append(stream, 'last');
    }
    const listed = await streams.setAside(stream, 'g', { after: ids[0] as string, count: 2 });
    expect(listed.map(({ id }) => id)).toEqual([ids[1], ids[2]]);
    expect(Buffer.from(await streams.readSetAside(stream, 'g', ids[1] as string)).toString()).toBe('2');
    await expect(streams.readSetAside(stream, 'g', '1-1')).rejects.toThrow(NotFoundError);
    expect(await streams.requeue(stream, 'g', ids[0] as string)).toEqual([ids[0]]);
    expect(await streams.discard(stream, 'g', ids[1] as string)).toBe(1);
    expect(await streams.requeue(stream, 'g', '*')).toEqual([ids[2], ids[3]]);
    expect(await streams.discard(stream, 'g', '*')).toBe(0);
    expect(await streams.setAside(stream, 'g')).toEqual([]);
  });

  it('pulls a range: behind one ID, up to another one, of one stream or several', async () => {
    const [stream, other] = [fresh(), fresh()];
    await own(stream, '1000-0', '2000-0', '3000-0', '3000-1', '9000-0');
    await own(other, '1500-0', '2500-0', '2600-0');
    const { streams } = millrace;
    const range = (after: string, until: string, names: string | string[] = stream): Promise<string[]> =>
      all(streams.pull(names, { after, until, count: 2 }));
    expect(await range('1000', '3000-0')).toEqual(['2000-0', '3000-0']);
    // No entry has the ID itself.
    expect(await range('0', '2999')).toEqual(['1000-0', '2000-0']);
    expect(await range('3000-0', '8999')).toEqual(['3000-1']);
    expect(await range('5000', '4000')).toEqual([]);
    expect((await range('0', '2500', [stream, other])).sort()).toEqual(['1000-0', '1500-0', '2000-0', '2500-0']);
    const each = streams.pull([stream, other], { after: '0', until: ['1000', '2500'] });
    expect((await all(each)).sort()).toEqual(['1000-0', '1500-0', '2500-0']);
    // What is not there yet is waited for, unless the pull ends with what there is.
    expect(await all(streams.pull(other, { after: '0', until: '5000', follow: false }))).toHaveLength(3);
    const waiting = all(streams.pull(other, { after: '2500', until: '5000' }));
    await own(other, '5000-0', '6000-0');
    expect(await waiting).toEqual(['2600-0', '5000-0']);
    await expect(all(streams.pull(stream, { until: 'soon' }))).rejects.toThrow(ConfigurationError);
  });
});
