import { setTimeout as wait } from 'node:timers/promises';
import type { StreamStore } from '../../api/stream-store.js';
import { memoryStore } from '../../stores/memory/memory.store.js';
import { storeContext } from '../../testing/contract/store-case.js';
import { GroupConsumer } from './group-consumer.js';

describe('A consumer of a group', () => {
  let store: StreamStore;
  beforeEach(async () => {
    store = await memoryStore().create(storeContext());
  });
  afterEach(() => store.close());

  const join = (consumer: string, idle = 60_000): Promise<GroupConsumer> =>
    GroupConsumer.join(store, { stream: 's', group: 'g', consumer }, { after: '0', idle });
  const textsOf = ({ entries }: { entries: readonly { data: Buffer }[] }): string[] =>
    entries.map(({ data }) => data.toString());

  it('gets at once, and not after the idle time, what it was handed out by an answer that was lost', async () => {
    await store.append('s', [Buffer.from('1'), Buffer.from('2')]);
    const consumer = await join('a');
    const take = store.groups.take.bind(store.groups);
    jest.spyOn(store.groups, 'take').mockImplementationOnce(async (...args) => {
      await take(...args);
      throw new Error('The answer was lost');
    });
    await expect(consumer.take({ count: 9 })).rejects.toThrow('lost');
    const batch = await consumer.take({ count: 9 });
    expect([textsOf(batch), batch.entries.map(({ deliveries }) => deliveries)]).toEqual([
      ['1', '2'],
      [1, 1],
    ]);
    await consumer.leave(true);
  });

  it('keeps what it holds as long as it lives, and hears of news when it waits', async () => {
    await store.append('s', [Buffer.from('1')]);
    const [a, b] = [await join('a', 150), await join('b')];
    await store.groups.open('s', 'g', { idle: 150 });
    const { entries } = await a.take({ count: 9 });
    await wait(500);
    expect(await b.take({ count: 9 })).toMatchObject({ entries: [] });
    expect(await a.holds(entries[0]?.id ?? '')).toBe(true);
    const heard = b.news(new AbortController().signal);
    await a.leave(false);
    await heard;
    expect(textsOf(await b.take({ count: 9 }))).toEqual(['1']);
    await b.leave(true);
  });
});
