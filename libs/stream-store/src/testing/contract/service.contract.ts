import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { bytes, until, numbers } from './fixtures.js';

export const serviceContract = [
  storeCase('a check resolves while the storage answers, and leaves no trace', async ({ store }) => {
    await store.check();
    assert.deepEqual(await store.list(), []);
  }),

  storeCase('closing waits for the appends under way, and refuses what comes later', async ({ store }) => {
    const appends = Promise.all(numbers(50).map((data) => store.append('s', [data])));
    await store.close();
    assert.equal((await appends).length, 50);
    await assert.rejects(store.append('s', bytes('x')), { name: 'StoreUnavailableError' });
    await assert.rejects(store.check(), { name: 'StoreUnavailableError' });
    await store.close();
  }),

  storeCase('closing ends every follower', async ({ store }) => {
    await store.append('s', bytes('x'));
    let seen = 0;
    const iterating = (async () => {
      for await (const { entries } of store.follow(['s'], { after: '0' })) seen += entries.length;
    })();
    await until('the first entry', () => seen === 1);
    await store.close();
    await iterating;
    assert.equal(seen, 1);
  }),
];
