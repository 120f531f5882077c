import assert from 'node:assert/strict';
import type { StreamFollower, StreamStore } from '../../api/stream-store.js';
import { bytes, news, numbers, own, readAll, takeEntries, texts, until } from './fixtures.js';
import { storeCase } from './store-case.js';

const refusal = { name: 'StreamEndedError' };

/** Waits until a follower hears that one of its streams has ended. */
async function takeEnd(follower: StreamFollower): Promise<void> {
  while (follower.ended.length === 0) {
    assert.deepEqual((await follower.take()).entries, []);
    if (follower.ended.length === 0) await news(follower);
  }
}

async function assertEnded(store: StreamStore, length: number, last: string): Promise<void> {
  const description = await store.describe('s');
  assert.deepEqual(
    [description?.ended, description?.length, description?.entriesAdded, description?.lastGeneratedId],
    [true, length, length, last],
  );
  assert.equal(description?.lastEntry, last);
  await assert.rejects(store.append('s', bytes('x')), refusal);
}

export const endContract = [
  storeCase('stream-store#68: an ended stream takes no more entries, whichever way they come', async ({ store }) => {
    const [first = '', last = ''] = await store.append('s', bytes('1', '2'));
    assert.equal((await store.describe('s'))?.ended, false);
    assert.equal(await store.end('s'), last);
    await assert.rejects(store.append('s', bytes('x')), refusal);
    await assert.rejects(store.append('s', bytes('x', 'y')), refusal);
    await assert.rejects(store.append('s', [Buffer.alloc(100_000)]), refusal);
    await assert.rejects(own(store, 's', '99999999999999-0'), refusal);
    await assert.rejects(own(store, 's', first), refusal);
    assert.deepEqual(texts(await readAll(store, 's')), ['1', '2']);
    assert.deepEqual(texts(await store.readNewest('s', 1)), ['2']);
    assert.deepEqual(texts(await store.readNewest('s', 10)), ['1', '2']);
    assert.equal(await store.lastId('s'), last);
    await assertEnded(store, 2, last);
  }),

  storeCase('ending a stream once more changes nothing', async ({ store }) => {
    const [last = ''] = await store.append('s', bytes('1'));
    await store.end('s');
    assert.equal(await store.end('s'), last);
    await assertEnded(store, 1, last);
  }),

  storeCase('a stream without entries cannot be ended', async ({ store }) => {
    await store.setMetadata('described', { x: 1 });
    for (const stream of ['none', 'described']) await assert.rejects(store.end(stream), { code: 'NOT_FOUND' });
    await store.append('none', bytes('1'));
  }),

  storeCase('nothing is stored of an append to several streams of which one has ended', async ({ store }) => {
    await store.append('s', bytes('1'));
    await store.end('s');
    const both = ['fresh', 's'].map((stream) => ({ stream, data: Buffer.from('x') }));
    await assert.rejects(store.appendAll(both), refusal);
    await assert.rejects(store.appendAll(both.toReversed()), refusal);
    assert.deepEqual(await store.list(), ['s']);
    assert.deepEqual(texts(await readAll(store, 's')), ['1']);
  }),

  storeCase('entries that are under way when a stream is ended are before its end, or refused', async ({ store }) => {
    await store.append('s', bytes('first'));
    const follower = await store.openFollower(['s'], { after: '0', count: 7 });
    const appends = numbers(50).map((data) => store.append('s', [data]));
    const ending = store.end('s');
    const outcomes = await Promise.allSettled([
      ...appends,
      ...numbers(100, 50).map((data) => store.append('s', [data])),
    ]);
    const last = await ending;
    const stored = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
    const taken: string[] = [];
    while (follower.ended.length === 0) {
      const { entries } = await follower.take();
      taken.push(...entries.map(({ id }) => id));
      if (entries.length === 0 && follower.ended.length === 0) await news(follower);
    }
    assert.deepEqual(taken.slice(1), stored);
    assert.equal(taken.at(-1), last);
  }),

  storeCase('stream-store#69: a follower gets all entries, then hears of the end', async ({ store }) => {
    await store.append('s', numbers(3));
    const waiting = await store.openFollower(['s']);
    const behind = await store.openFollower(['s'], { after: '0', count: 2 });
    assert.deepEqual([waiting.ended, behind.ended], [[], []]);
    await store.append('s', bytes('3'));
    await store.end('s');
    assert.deepEqual(texts(await takeEntries(waiting, 1)), ['3']);
    assert.deepEqual(texts(await takeEntries(behind, 4)), ['0', '1', '2', '3']);
    for (const follower of [waiting, behind]) {
      await takeEnd(follower);
      assert.deepEqual(follower.ended, ['s']);
      assert.deepEqual(follower.cursors, [await store.lastId('s')]);
    }
  }),

  storeCase('a follower that comes after the end hears of it as well, wherever it begins', async ({ store }) => {
    const [first = '', last = ''] = await store.append('s', bytes('1', '2'));
    await store.end('s');
    for (const [after, expected] of [
      ['0', ['1', '2']],
      [first, ['2']],
      [last, []],
      ['$', []],
      ['*', ['1', '2']],
      ['-', ['2']],
    ] as const) {
      const follower = await store.openFollower(['s'], { after });
      assert.deepEqual(texts(await takeEntries(follower, expected.length)), expected, after);
      await takeEnd(follower);
      follower.close();
    }
  }),

  storeCase('an end is news once', async ({ store }) => {
    await store.append('s', bytes('1'));
    const follower = await store.openFollower(['s', 'other']);
    await store.end('s');
    await takeEnd(follower);
    let calls = 0;
    follower.onNews(() => (calls += 1));
    await store.append('other', bytes('2'));
    assert.deepEqual(texts(await takeEntries(follower, 1)), ['2']);
    await until('the one call', () => calls === 1);
    assert.deepEqual(follower.ended, ['s']);
  }),

  storeCase('a read tells of the end when it reaches it', async ({ store }) => {
    const [first = '', last = ''] = await store.append('s', bytes('1', '2'));
    await store.end('s');
    const read = async (after: string, count: number): Promise<[string[], boolean]> => {
      const { entries, ended = false, gap } = await store.readAfter('s', after, { count });
      assert.equal(gap, undefined);
      return [texts(entries), ended];
    };
    assert.deepEqual(await read('0', 1), [['1'], false]);
    assert.deepEqual(await read(first, 5), [['2'], true]);
    assert.deepEqual(await read(last, 5), [[], true]);
    assert.deepEqual(await read('0', 5), [['1', '2'], true]);
  }),

  storeCase('iterating finishes when all streams have ended', async ({ store }) => {
    await store.append('a', bytes('a1'));
    await store.append('b', bytes('b1'));
    const seen: string[] = [];
    const iterating = (async () => {
      for await (const { entries } of store.follow(['a', 'b'], { after: '0' })) seen.push(...texts(entries));
    })();
    await store.end('a');
    await store.append('b', bytes('b2'));
    await store.end('b');
    await iterating;
    assert.deepEqual(seen.sort(), ['a1', 'b1', 'b2']);
  }),

  storeCase(
    'an ended stream begins anew only after it was deleted, and a follower goes on with it',
    async ({ store }) => {
      await store.append('s', bytes('old'));
      const follower = await store.openFollower(['s'], { after: '0' });
      const last = await store.end('s');
      await takeEntries(follower, 1);
      await takeEnd(follower);
      const [deleted] = await store.delete(['s']);
      assert.deepEqual(deleted, { stream: 's', metadata: false, entries: 1, existed: true });
      const [id = ''] = await store.append('s', bytes('again'));
      assert.ok(BigInt(id.split('-')[0] ?? '') >= BigInt(last.split('-')[0] ?? ''), 'goes on above its last ID');
      assert.equal((await store.describe('s'))?.ended, false);
      const { entries, gaps } = await until('the new beginning', async () => {
        const batch = await follower.take();
        return batch.entries.length > 0 ? batch : undefined;
      });
      assert.deepEqual([texts(entries), gaps.length], [['again'], 1]);
      assert.deepEqual(follower.ended, []);
      await store.end('s');
      await takeEnd(follower);
    },
  ),

  storeCase(
    'an ended stream is bounded as before, and keeps its end when nothing is left',
    async ({ store }) => {
      await store.append('s', numbers(20));
      const last = await store.end('s');
      await store.setMetadata('s', { max_age: 0.001 });
      await until('an empty stream', async () => (await store.describe('s'))?.length === 0);
      const { ended, lastGeneratedId, firstEntry, lastEntry } = (await store.describe('s')) ?? {};
      assert.deepEqual([ended, lastGeneratedId, firstEntry, lastEntry], [true, last, undefined, undefined]);
      assert.deepEqual(await store.readNewest('s', 3), []);
      await assert.rejects(store.append('s', bytes('x')), refusal);
      const follower = await store.openFollower(['s'], { after: last });
      await takeEnd(follower);
      const late = await store.openFollower(['s'], { after: '1-0' });
      const { entries, gaps } = await late.take();
      assert.deepEqual([entries.length, gaps.length], [0, 1]);
      await takeEnd(late);
    },
    { retention: { maxLength: 5 } },
  ),

  storeCase('bytes of an ended stream are bounded by its entries alone', async ({ store }) => {
    const last = await store.append('s', [Buffer.alloc(10)]);
    await store.end('s');
    await store.setMetadata('s', { max_bytes: 1 });
    assert.deepEqual(
      (await store.readNewest('s', 1)).map(({ id }) => id),
      last,
    );
  }),
];

export const durableEndContract = [
  storeCase('an ended stream has ended after a restart as well', async ({ store, open }) => {
    const last = (await store.append('s', bytes('1', '2'))).at(-1) ?? '';
    await store.end('s');
    await store.append('other', bytes('x'));
    await store.close();
    const again = await open();
    await assertEnded(again, 2, last);
    assert.equal((await again.describe('other'))?.ended, false);
    await takeEnd(await again.openFollower(['s'], { after: last }));
    await again.delete(['s']);
    await again.append('s', bytes('3'));
  }),
];

export const sharedEndContract = [
  storeCase('a stream that one store ends has ended for all', async ({ store, open }) => {
    const other = await open();
    await store.append('s', bytes('1'));
    const follower = await other.openFollower(['s'], { after: '0' });
    await takeEntries(follower, 1);
    const last = await store.end('s');
    await takeEnd(follower);
    await assertEnded(other, 1, last);
    assert.equal(await other.end('s'), last);
  }),

  storeCase(
    'a stream that ends, is deleted, begins and ends again elsewhere is another one',
    async ({ store, open }) => {
      const other = await open();
      await store.append('s', bytes('1'));
      const follower = await other.openFollower(['s'], { after: '0' });
      await takeEntries(follower, 1);
      await store.end('s');
      await takeEnd(follower);
      await store.delete(['s']);
      await store.append('s', bytes('2'));
      await store.end('s');
      const { entries, gaps } = await until('the new beginning', async () => {
        const batch = await follower.take();
        return batch.entries.length > 0 ? batch : undefined;
      });
      assert.deepEqual([texts(entries), gaps.length], [['2'], 1]);
      await takeEnd(follower);
    },
  ),
];
