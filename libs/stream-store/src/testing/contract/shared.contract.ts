import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { assertGrowing, bytes, idsOf, numbers, readAll, takeEntries, texts } from './fixtures.js';

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
