import assert from 'node:assert/strict';
import type { GroupBatch } from '../../api/stream-groups.js';
import { storeCase } from './store-case.js';
import { bytes, idsOf, numbers, readAll, texts, until } from './fixtures.js';
import { members } from './group-fixtures.js';

const deliveries = ({ entries }: GroupBatch): number[] => entries.map((entry) => entry.deliveries);

export const groupFailuresContract = [
  storeCase(
    'stream-store#87: what a silent consumer holds goes to another one, each by itself, and is counted',
    async ({ store }) => {
      const [a, b] = await members(store, { after: '0', idle: 200 });
      await store.append('s', numbers(4));
      const lost = await a.take(3);
      assert.deepEqual(deliveries(lost), [1, 1, 1]);
      for (const text of ['0', '1', '2']) {
        const again = await b.some();
        assert.deepEqual([texts(again.entries), deliveries(again)], [[text], [2]]);
        assert.equal(await a.done(again.entries), 0);
        assert.equal(await b.done(again.entries), 1);
      }
      assert.deepEqual(texts((await b.take()).entries), ['3']);
    },
  ),

  storeCase('stream-store#87: a consumer that says that it is at work keeps what it holds', async ({ store }) => {
    const [a, b] = await members(store, { after: '0', idle: 1000 });
    await store.append('s', numbers(2));
    const held = await a.take();
    const end = performance.now() + 2500;
    while (performance.now() < end) {
      assert.deepEqual(await store.groups.extend(a.key), idsOf(held.entries));
      assert.deepEqual((await b.take()).entries, []);
    }
    assert.equal(await a.done(held.entries), 2);
    assert.deepEqual(await store.groups.extend(a.key), []);
  }),

  storeCase('stream-store#88: what was given back comes again at once, or after its delay', async ({ store }) => {
    const [a, b] = await members(store, { after: '0' });
    await store.append('s', numbers(3));
    const { entries } = await a.take();
    // In an ordered group what lies behind goes back too.
    await store.groups.release(a.key, { ids: idsOf(entries).slice(1, 2), delay: 300 });
    assert.equal((await b.take()).entries.length, 0);
    const released = performance.now();
    await a.done(entries.slice(0, 1));
    const again = await b.some();
    assert.ok(performance.now() - released > 100);
    assert.deepEqual([texts(again.entries), deliveries(again)], [['1'], [2]]);
    await store.groups.release(b.key);
    assert.deepEqual(texts((await a.take()).entries), ['1']);
    await assert.rejects(store.groups.release(a.key, { delay: -1 }), { code: 'INVALID' });
  }),

  storeCase(
    'stream-store#88: what was given back untouched was not delivered, and comes again together',
    async ({ store }) => {
      const [a, b] = await members(store, { after: '0' });
      await store.append('s', numbers(3));
      await a.take();
      await store.groups.release(a.key, { untouched: true, leave: true });
      const again = await b.take();
      assert.deepEqual(
        [texts(again.entries), deliveries(again)],
        [
          ['0', '1', '2'],
          [1, 1, 1],
        ],
      );
    },
  ),

  storeCase(
    'stream-store#89: an entry that is handed out too often is set aside, and the others go on',
    async ({ store }) => {
      const [a] = await members(store, { after: '0', maxDeliveries: 2 });
      const [bad = ''] = await store.append('s', bytes('bad', 'good'));
      await a.take(1);
      await store.groups.release(a.key);
      assert.deepEqual(deliveries(await a.take(1)), [2]);
      await store.groups.release(a.key);
      const next = await a.take(1);
      assert.deepEqual([texts(next.entries), next.setAside], [['good'], [bad]]);
      const [entry, ...more] = await store.groups.listSetAside('s', 'g', { count: 10 });
      assert.deepEqual([entry?.id, entry?.deliveries, entry?.consumer, more], [bad, 2, 'a', []]);
      assert.match(entry?.reason ?? '', /2 times/);
      assert.ok(Math.abs((entry?.at ?? 0) - Date.now()) < 60_000);
      const { setAside, pending } = (await store.groups.describe('s', 'g')) ?? {};
      assert.deepEqual([setAside, pending], [1, 1]);
    },
  ),

  storeCase('stream-store#89: with one delivery an entry comes by itself', async ({ store }) => {
    const [a] = await members(store, { after: '0', maxDeliveries: 1 });
    await store.append('s', numbers(2));
    assert.deepEqual(texts((await a.take()).entries), ['0']);
  }),

  storeCase(
    'stream-store#90: what was set aside is read, handed out again with a new count, or discarded',
    async ({ store }) => {
      const { groups } = store;
      const [a, b] = await members(store, { after: '0' });
      const ids = await store.append('s', numbers(4));
      const [first = '', second = '', third = ''] = ids;
      await a.take(3);
      await groups.setAside(a.key, [third, first, second], 'broken');
      assert.deepEqual(texts((await b.take()).entries), ['3']);
      const listed = await groups.listSetAside('s', 'g', { count: 2 });
      assert.deepEqual(
        listed.map(({ id, reason }) => [id, reason]),
        [
          [first, 'broken'],
          [second, 'broken'],
        ],
      );
      assert.deepEqual(idsOf(await groups.listSetAside('s', 'g', { after: second, count: 9 })), [third]);
      assert.equal((await groups.readSetAside('s', 'g', second))?.toString(), '1');
      assert.equal(await groups.readSetAside('s', 'g', ids[3] as string), undefined);
      assert.deepEqual(await groups.requeue('s', 'g', [second, '1-1']), [second]);
      assert.equal(await groups.discard('s', 'g', [first, '1-1']), 1);
      assert.deepEqual(idsOf(await groups.listSetAside('s', 'g', { count: 9 })), [third]);
      await b.done([{ id: ids[3] as string }]);
      const again = await a.some();
      assert.deepEqual([texts(again.entries), deliveries(again)], [['1'], [1]]);
    },
  ),

  storeCase(
    'stream-store#90: the data of what was set aside outlive the stream, but are not handed out again then',
    async ({ store }) => {
      const [a] = await members(store, { after: '0' });
      const [id = ''] = await store.append('s', [Buffer.from([0, 255, 10])]);
      await a.take();
      await store.groups.setAside(a.key, [id], 'broken');
      await store.delete(['s']);
      await store.append('s', bytes('new'));
      assert.deepEqual(await store.groups.readSetAside('s', 'g', id), Buffer.from([0, 255, 10]));
      assert.deepEqual(await store.groups.requeue('s', 'g', [id]), []);
      assert.equal((await store.groups.describe('s', 'g'))?.setAside, 1);
    },
  ),

  storeCase(
    'stream-store#91: a group that retention has overtaken is told a gap until it is acknowledged, then goes on',
    async ({ store }) => {
      const [first = ''] = await store.append('s', bytes('0'));
      const [a, b] = await members(store, { after: first });
      for (let from = 1; from < 500; from += 50) await store.append('s', numbers(from + 50, from));
      await until('a trim', async () => (await readAll(store, 's')).length < 400);
      const kept = await readAll(store, 's');
      const told = await a.take();
      assert.deepEqual([told.entries, told.gap], [[], { stream: 's', after: first, first: kept[0]?.id }]);
      assert.equal((await b.take()).gap, undefined);
      await store.groups.release(a.key);
      assert.deepEqual((await b.take()).gap, told.gap);
      await b.done([], true);
      assert.deepEqual(texts((await b.take(3)).entries), texts(kept.slice(0, 3)));
    },
    { retention: { maxLength: 10 } },
  ),

  storeCase(
    'stream-store#91: no gap is told to a group that has had all that was removed',
    async ({ store }) => {
      const [a] = await members(store, { after: '0' });
      for (let from = 0; from < 600; from += 10) {
        await store.append('s', numbers(from + 10, from));
        assert.deepEqual(await a.all(100), numbers(from + 10, from).map(String));
      }
    },
    { retention: { maxLength: 10 } },
  ),

  storeCase(
    'stream-store#91: entries that were removed while their consumer was silent are told as a gap',
    async ({ store }) => {
      const [a, b] = await members(store, { after: '0', idle: 200 });
      await store.append('s', numbers(5));
      await a.take(5);
      for (let from = 5; from < 500; from += 50) await store.append('s', numbers(from + 50, from));
      await until('a trim', async () => (await readAll(store, 's')).length < 400);
      const { gap } = await until('the gap', async () => {
        const batch = await b.take();
        return batch.gap ? batch : undefined;
      });
      const [first] = await readAll(store, 's');
      assert.equal(gap?.first, first?.id);
      await b.done([], true);
      assert.equal((await store.groups.describe('s', 'g'))?.pending, 0);
    },
    { retention: { maxLength: 10 } },
  ),

  storeCase(
    'stream-store#91: a stream that was deleted is told as a gap, and what it begins anew with comes',
    async ({ store }) => {
      const [a] = await members(store, { after: '0' });
      const [, last] = await store.append('s', bytes('1', '2'));
      assert.deepEqual(await a.all(), ['1', '2']);
      await store.delete(['s']);
      assert.deepEqual((await a.take()).gap, { stream: 's', after: last, first: undefined });
      await a.done([], true);
      assert.deepEqual(await a.take(), { entries: [], setAside: [] });
      await store.append('s', bytes('3'));
      assert.deepEqual(await a.all(), ['3']);
    },
  ),
];
