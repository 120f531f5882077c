import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { assertGrowing, bytes, idsOf, numbers, own, readAll, refused, takeEntries, texts, until } from './fixtures.js';

export const durableContract = [
  storeCase('entries and metadata are still there', async ({ store, open }) => {
    const ids = await store.append('s', bytes('a', 'b', ''));
    await store.setMetadata('s', { title: 'ä' });
    await store.close();
    const again = await open();
    assert.deepEqual(idsOf(await readAll(again, 's')), ids);
    assert.deepEqual(texts(await readAll(again, 's')), ['a', 'b', '']);
    assert.deepEqual(await again.metadata('s'), { title: 'ä' });
    assert.deepEqual(await again.list(), ['s']);
    assertGrowing([...ids, ...(await again.append('s', bytes('c')))]);
    assert.equal((await again.describe('s'))?.entriesAdded, 4);
  }),

  storeCase('the last ID and the count of all entries outlive a trim of everything', async ({ store, open }) => {
    const id = String(Date.now() - 60_000);
    await own(store, 's', id);
    await store.setMetadata('s', { max_age: 1 });
    await until('the entry to go', async () => (await readAll(store, 's')).length === 0);
    await store.close();
    const again = await open();
    assert.equal(await again.lastId('s'), `${id}-0`);
    const description = await again.describe('s');
    assert.deepEqual([description?.length, description?.entriesAdded], [0, 1]);
    await refused(again, 's', id);
    assert.deepEqual(await again.list(), ['s']);
  }),

  storeCase(
    'a cursor that was overtaken before gets the gap after',
    async ({ store, open }) => {
      const [first = ''] = await store.append('s', bytes('first'));
      for (let from = 0; from < 500; from += 50) await store.append('s', numbers(from + 50, from));
      await until('a trim', async () => (await readAll(store, 's')).length < 400);
      await store.close();
      const again = await open();
      const { entries, gap } = await again.readAfter('s', first, { count: 3 });
      assert.deepEqual(gap, { stream: 's', after: first, first: entries[0]?.id });
    },
    { retention: { maxLength: 10 } },
  ),

  storeCase('a deleted stream stays deleted', async ({ store, open }) => {
    await store.append('a', numbers(250));
    await store.append('b', bytes('b'));
    await store.setMetadata('a', { x: 1 });
    await store.delete(['a']);
    await store.close();
    const again = await open();
    assert.deepEqual(await again.list(), ['b']);
    assert.equal(await again.metadata('a'), undefined);
    assert.deepEqual(await readAll(again, 'a'), []);
    assert.deepEqual(texts(await readAll(again, 'b')), ['b']);
  }),
];

export const sharedContract = [
  storeCase('what one appends, the others read and follow', async ({ store, open }) => {
    const other = await open();
    const follower = await other.openFollower(['s', 't']);
    await store.append('s', bytes('a'));
    assert.deepEqual(texts(await takeEntries(follower, 1)), ['a']);
    await store.append('t', bytes('b'));
    assert.deepEqual(texts(await takeEntries(follower, 1)), ['b']);
    assert.deepEqual(texts(await readAll(other, 's')), ['a']);
    assert.deepEqual(await other.list(), ['s', 't']);
  }),

  storeCase('appends of several go into one order, which every follower sees', async ({ store, open }) => {
    const other = await open();
    const followers = [await store.openFollower(['s']), await other.openFollower(['s'])];
    await Promise.all(
      [store, other].map(async (writer, name) => {
        for (let round = 0; round < 50; round += 1) await writer.append('s', bytes(`${name}:${round}`));
      }),
    );
    const ids = idsOf(await readAll(store, 's'));
    assert.equal(ids.length, 100);
    assertGrowing(ids);
    for (const follower of followers) assert.deepEqual(idsOf(await takeEntries(follower, 100)), ids);
  }),

  storeCase('a follower that joins a followed stream begins at its own place', async ({ store, open }) => {
    const other = await open();
    await store.append('s', numbers(10));
    const early = await other.openFollower(['s'], { after: '0' });
    assert.equal((await takeEntries(early, 10)).length, 10);
    await store.append('s', numbers(20, 10));
    const late = await other.openFollower(['s'], { after: '0' });
    assert.deepEqual(texts(await takeEntries(late, 20)), numbers(20).map(String));
    assert.deepEqual(texts(await takeEntries(early, 10)), numbers(20, 10).map(String));
  }),
];
