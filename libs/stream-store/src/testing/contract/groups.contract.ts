import assert from 'node:assert/strict';
import { pause } from '@millrace/protocol';
import { storeCase } from './store-case.js';
import { bytes, idsOf, numbers, texts, until } from './fixtures.js';
import { Member, members } from './group-fixtures.js';

export const groupsContract = [
  storeCase(
    'stream-store#80: a group begins with what comes, at the first entry, or behind an ID',
    async ({ store }) => {
      const ids = await store.append('s', bytes('1', '2', '3'));
      for (const [group, after] of [
        ['now', undefined],
        ['first', '0'],
        ['id', ids[1]],
      ] as const)
        await store.groups.open('s', group, after === undefined ? {} : { after });
      await store.append('s', bytes('4'));
      const seen = async (group: string): Promise<string[]> => {
        const { entries } = await store.groups.take({ stream: 's', group, consumer: 'a' }, { count: 10 });
        return texts(entries);
      };
      assert.deepEqual(await seen('now'), ['4']);
      assert.deepEqual(await seen('first'), ['1', '2', '3', '4']);
      assert.deepEqual(await seen('id'), ['3', '4']);
    },
  ),

  storeCase(
    'stream-store#81: a group that is there goes on where it stood, and a stream may come later',
    async ({ store }) => {
      const [a] = await members(store, { after: '0' });
      assert.deepEqual((await a.take()).entries, []);
      assert.equal(await store.describe('s'), undefined);
      await store.append('s', bytes('1', '2'));
      assert.deepEqual(await a.all(), ['1', '2']);
      await store.groups.open('s', 'g', { after: '0' });
      await store.append('s', bytes('3'));
      assert.deepEqual(await a.all(), ['3']);
      assert.deepEqual(await a.all(), []);
    },
  ),

  storeCase('stream-store#82: an ordered group has one batch out at a time', async ({ store }) => {
    const [a, b] = await members(store, { after: '0' });
    await store.append('s', numbers(6));
    const first = await a.take(2);
    assert.deepEqual(texts(first.entries), ['0', '1']);
    for (const member of [b, a]) {
      const { entries, retryIn = 0 } = await member.take(2);
      assert.deepEqual(entries, []);
      assert.ok(retryIn > 0 && retryIn <= 30_000);
    }
    assert.equal(await a.done(first.entries.slice(0, 1)), 1);
    assert.deepEqual((await b.take(2)).entries, []);
    await a.done(first.entries);
    assert.deepEqual(texts((await b.some(2)).entries), ['2', '3']);
  }),

  storeCase('stream-store#82: consumers of an ordered group that wait take turns', async ({ store }) => {
    const [a, b] = await members(store, { after: '0' });
    await store.append('s', numbers(40));
    const shares = { a: 0, b: 0 };
    const work = async (member: Member, name: 'a' | 'b'): Promise<void> => {
      while (shares.a + shares.b < 40) {
        const { entries } = await member.take(1);
        shares[name] += entries.length;
        if (entries.length > 0) await member.done(entries);
        else await pause(1);
      }
    };
    await Promise.all([work(a, 'a'), work(b, 'b')]);
    assert.ok(Math.min(shares.a, shares.b) >= 10, JSON.stringify(shares));
  }),

  storeCase(
    'stream-store#83: a group without order hands out side by side, to each other entries',
    async ({ store }) => {
      const [a, b] = await members(store, { after: '0', ordered: false });
      await store.append('s', numbers(6));
      const batches = [await a.take(2), await b.take(2), await a.take(2)];
      assert.deepEqual(
        batches.map(({ entries }) => texts(entries)),
        [
          ['0', '1'],
          ['2', '3'],
          ['4', '5'],
        ],
      );
      assert.equal((await store.groups.describe('s', 'g'))?.pending, 6);
      assert.equal(await b.done(batches.flatMap(({ entries }) => entries)), 2);
      assert.equal((await store.groups.describe('s', 'g'))?.pending, 4);
    },
  ),

  storeCase('stream-store#80: each of several groups gets every entry, and one of each stream', async ({ store }) => {
    await store.append('s', bytes('1'));
    await store.append('t', bytes('2'));
    for (const [stream, group] of [
      ['s', 'g'],
      ['s', 'h'],
      ['t', 'g'],
    ] as const) {
      await store.groups.open(stream, group, { after: '0' });
      const { entries } = await store.groups.take({ stream, group, consumer: 'a' }, { count: 10 });
      assert.deepEqual(texts(entries), [stream === 's' ? '1' : '2']);
    }
  }),

  storeCase('stream-store#80: a stream of any name can have groups of any name', async ({ store }) => {
    for (const [stream, group] of [
      ['a}b{c', 'g/h +:{}'],
      ['{}', 'ä'],
      ['{x}y', '$'],
    ] as const) {
      await store.append(stream, bytes(stream));
      await store.groups.open(stream, group, { after: '0' });
      const { entries } = await store.groups.take({ stream, group, consumer: 'c' }, { count: 9 });
      assert.deepEqual(texts(entries), [stream]);
      assert.deepEqual(
        (await store.groups.list(stream)).map((each) => each.group),
        [group],
      );
    }
  }),

  storeCase(
    'stream-store#84: who waits hears of entries, of an acknowledgement, and of what was given back',
    async ({ store }) => {
      const [a, b] = await members(store, { after: '0' });
      let calls = 0;
      const end = await store.groups.watch('s', 'g', () => (calls += 1));
      const heard = async (what: string, cause: () => Promise<unknown>): Promise<void> => {
        calls = 0;
        await cause();
        await until(`news of ${what}`, () => calls > 0);
      };
      await heard('entries', () => store.append('s', numbers(3)));
      const first = await a.some(1);
      await b.take();
      await heard('an acknowledgement', () => a.done(first.entries));
      await b.some(1);
      await a.take();
      await heard('what was given back', () => store.groups.release(b.key, { leave: true }));
      end();
      assert.deepEqual(texts((await a.some(1)).entries), ['1']);
    },
  ),

  storeCase(
    'stream-store#82: a group of a stream that has ended gets all of it, then hears of the end',
    async ({ store }) => {
      const [a] = await members(store, { after: '0' });
      await store.append('s', numbers(3));
      await store.end('s');
      assert.equal((await store.groups.describe('s', 'g'))?.lag, 3);
      await store.groups.open('s', 'late');
      assert.deepEqual(await a.all(2), ['0', '1', '2']);
      assert.deepEqual(await a.take(), { entries: [], setAside: [], ended: await store.lastId('s') });
      for (const group of ['g', 'late']) {
        const { lag, pending, last } = (await store.groups.describe('s', group)) ?? {};
        assert.deepEqual([lag, pending, last], [0, 0, await store.lastId('s')]);
      }
      const { entries, gap } = await store.groups.take({ stream: 's', group: 'late', consumer: 'a' }, { count: 9 });
      assert.deepEqual([entries, gap], [[], undefined]);
    },
  ),

  storeCase('stream-store#85: tells how far a group is, and who is at work in it', async ({ store }) => {
    const [a] = await members(store, { after: '0', maxDeliveries: 3 });
    const ids = await store.append('s', numbers(5));
    await a.take(2);
    const [description] = await store.groups.list('s');
    const { consumers = [], lagSeconds, ...rest } = description ?? {};
    assert.equal(typeof lagSeconds, 'number');
    assert.deepEqual(rest, {
      group: 'g',
      ordered: true,
      idle: 30_000,
      maxDeliveries: 3,
      last: ids[1],
      lag: 3,
      pending: 2,
      attempts: 1,
      setAside: 0,
      dropped: 0,
    });
    assert.deepEqual(
      consumers.map(({ consumer, pending }) => [consumer, pending]),
      [['a', 2]],
    );
    assert.ok((consumers[0]?.idle ?? -1) >= 0);
    await store.groups.release(a.key, { leave: true });
    assert.deepEqual((await store.groups.describe('s', 'g'))?.consumers, []);
    assert.deepEqual(await store.groups.list('t'), []);
    assert.equal(await store.groups.describe('s', 'h'), undefined);
  }),

  storeCase(
    'stream-store#86: settings are kept with the group, and only those that are given change',
    async ({ store }) => {
      const { groups } = store;
      const all = { ordered: false, idle: 5000, maxDeliveries: 4 };
      assert.deepEqual(await groups.open('s', 'g', all), all);
      assert.deepEqual(await groups.open('s', 'g'), all);
      assert.deepEqual(await groups.open('s', 'g', { idle: 6000 }), { ...all, idle: 6000 });
      for (const wrong of [{ idle: 0 }, { idle: Infinity }, { maxDeliveries: 0 }, { maxDeliveries: 1.5 }])
        await assert.rejects(groups.open('s', 'g', wrong), { code: 'INVALID' });
      await assert.rejects(groups.open('s', ''), { code: 'INVALID' });
      await assert.rejects(groups.open('a/b', 'g'), { name: 'StreamNameError' });
      await assert.rejects(groups.open('s', 'h', { after: 'soon' }), { name: 'EntryIdError' });
    },
  ),

  storeCase('stream-store#86: a group that was deleted is gone with all it kept', async ({ store }) => {
    const [a] = await members(store, { after: '0' });
    await store.append('s', bytes('1', '2'));
    const { entries } = await a.take();
    await store.groups.setAside(a.key, idsOf(entries).slice(0, 1), 'bad');
    assert.equal(await store.groups.delete('s', 'g'), true);
    assert.equal(await store.groups.delete('s', 'g'), false);
    assert.deepEqual(await store.groups.list('s'), []);
    await assert.rejects(a.take(), { code: 'NOT_FOUND' });
    await assert.rejects(store.groups.listSetAside('s', 'g', { count: 1 }), { code: 'NOT_FOUND' });
    assert.equal(await a.done(entries), 0);
    await store.groups.open('s', 'g', { after: '0' });
    assert.deepEqual(texts((await a.take()).entries), ['1', '2']);
    assert.deepEqual(await store.groups.listSetAside('s', 'g', { count: 1 }), []);
  }),

  storeCase(
    'stream-store#86: a stream has a bounded number of groups',
    async ({ store }) => {
      for (const group of ['1', '2']) await store.groups.open('s', group);
      await store.groups.open('s', '1');
      await store.groups.open('t', '3');
      await assert.rejects(store.groups.open('s', '3'), { code: 'TOO_MANY_REQUESTS' });
      await store.groups.delete('s', '1');
      await store.groups.open('s', '3');
    },
    { limits: { maxGroups: 2 } },
  ),
];
