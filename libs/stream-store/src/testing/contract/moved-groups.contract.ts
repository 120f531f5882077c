import assert from 'node:assert/strict';
import { bytes, idsOf, numbers, own, texts, until } from './fixtures.js';
import { Member, members } from './group-fixtures.js';
import { storeCase } from './store-case.js';

export const movedGroupsContract = [
  storeCase('stream-store#102: a group that was moved goes on behind its new place', async ({ store }) => {
    const { groups } = store;
    const [a] = await members(store, { after: '0', idle: 5000, maxDeliveries: 4 });
    const ids = await store.append('s', numbers(5));
    assert.deepEqual(await a.all(), ['0', '1', '2', '3', '4']);
    await groups.move('s', 'g', ids[2] as string);
    const { last, lag, pending, idle, maxDeliveries } = (await groups.describe('s', 'g')) ?? {};
    assert.deepEqual([last, pending, idle, maxDeliveries], [ids[2], 0, 5000, 4]);
    assert.ok(lag === 2 || lag === undefined, String(lag));
    assert.deepEqual(await a.all(), ['3', '4']);
    await groups.move('s', 'g', '0');
    assert.equal((await groups.describe('s', 'g'))?.lag, 5);
    assert.deepEqual(await a.all(2), ['0', '1', '2', '3', '4']);
    await groups.move('s', 'g', '0');
    await groups.move('s', 'g', '$');
    assert.deepEqual(await a.all(), []);
    await store.append('s', bytes('new'));
    assert.deepEqual(await a.all(), ['new']);
  }),

  storeCase(
    'stream-store#102: what was held is forgotten by a move, and acknowledging it changes nothing; what was set aside stays',
    async ({ store }) => {
      const { groups } = store;
      const [a, b] = await members(store, { after: '0', idle: 5000 });
      const ids = await store.append('s', numbers(4));
      const { entries: held } = await a.take(2);
      await groups.setAside(a.key, [ids[0] as string], 'bad');
      await groups.move('s', 'g', ids[2] as string);
      assert.equal((await groups.describe('s', 'g'))?.pending, 0);
      assert.deepEqual(await groups.extend(a.key), []);
      // Nobody has to wait for the one that held something.
      const { entries } = await b.some();
      assert.deepEqual(texts(entries), ['3']);
      assert.equal(await a.done(held), 0);
      await groups.release(a.key, { ids: idsOf(held) });
      assert.equal((await groups.describe('s', 'g'))?.pending, 1);
      await b.done(entries);
      assert.deepEqual(idsOf(await groups.listSetAside('s', 'g', { count: 9 })), [ids[0]]);
      assert.deepEqual(await groups.requeue('s', 'g', [ids[0] as string]), [ids[0]]);
      assert.deepEqual(await a.all(), ['0']);
    },
  ),

  storeCase('stream-store#102: who waits in a group hears of its move', async ({ store }) => {
    const [a] = await members(store, { after: '$' });
    await store.append('s', numbers(2));
    assert.deepEqual(await a.all(), ['0', '1']);
    let calls = 0;
    const unwatch = await store.groups.watch('s', 'g', () => (calls += 1));
    await store.groups.move('s', 'g', '0');
    await until('a call', () => calls > 0);
    assert.deepEqual(await a.all(), ['0', '1']);
    unwatch();
  }),

  storeCase(
    'stream-store#102: a place before what is kept, or above the newest entry, is told as a gap; a gap from before is not',
    async ({ store }) => {
      const { groups } = store;
      const [a] = await members(store, { after: '0' });
      const [first = ''] = await store.append('s', numbers(1));
      await store.append('s', numbers(400));
      await until('a trim', async () => ((await store.describe('s'))?.length ?? 401) < 300);
      await groups.move('s', 'g', first);
      const { gap } = await a.take();
      assert.equal(gap?.after, first);
      await groups.move('s', 'g', '$');
      assert.deepEqual(await a.take(), { entries: [], setAside: [] });
      await groups.move('s', 'g', '99999999999999-0');
      assert.equal((await a.take()).gap?.after, '99999999999999-0');
      await a.done([], true);
      assert.equal((await a.some(1)).entries.length, 1);
    },
    { retention: { maxLength: 100 } },
  ),

  storeCase('stream-store#102: what is not there is not moved, nor to what is not an ID', async ({ store }) => {
    await assert.rejects(store.groups.move('s', 'g', '0'), { code: 'NOT_FOUND' });
    await store.groups.open('s', 'g', { after: '0' });
    await assert.rejects(store.groups.move('s', 'g', 'soon'), { name: 'EntryIdError' });
    // The stream may come later.
    await store.groups.move('s', 'g', '$');
    await store.append('s', bytes('1'));
    assert.deepEqual(await new Member(store).all(), ['1']);
  }),

  storeCase('stream-store#103: tells the age of what a group has not had, in seconds', async ({ store }) => {
    const { groups } = store;
    const [a] = await members(store, { after: '0' });
    const seconds = async (): Promise<number | undefined> => (await groups.describe('s', 'g'))?.lagSeconds;
    assert.equal(await seconds(), 0);
    await own(store, 's', '1000-0', '2500-0', '9000-0');
    assert.equal(await seconds(), 8);
    await a.done((await a.take(1)).entries);
    assert.equal(await seconds(), 8);
    await a.done((await a.take(1)).entries);
    assert.equal(await seconds(), 6.5);
    await a.take(1);
    assert.equal(await seconds(), 0);
    await store.end('s');
    assert.equal(await seconds(), 0);
    await store.delete(['s']);
    assert.equal(await seconds(), 0);
    await own(store, 's', '1-0', '4001-0');
    assert.equal(await seconds(), 4);
  }),

  storeCase('stream-store#103: tells how often what is pending was handed out', async ({ store }) => {
    const { groups } = store;
    const [a] = await members(store, { after: '0', ordered: false, idle: 100 });
    await store.append('s', numbers(3));
    const attempts = async (): Promise<unknown> => {
      const { attempts: most, consumers = [] } = (await groups.describe('s', 'g')) ?? {};
      return [most, ...consumers.map((one) => one.attempts)];
    };
    assert.deepEqual(await attempts(), [0]);
    const { entries } = await a.take(3);
    assert.deepEqual(await attempts(), [1, 1]);
    await groups.release(a.key, { ids: idsOf(entries).slice(0, 1) });
    await a.some();
    assert.deepEqual(await attempts(), [2, 2]);
    await groups.release(a.key, { leave: true });
    assert.deepEqual(await attempts(), [2]);
  }),
];
