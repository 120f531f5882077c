import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { bytes, numbers, readAll, takeEntries, texts, until } from './fixtures.js';

export const deleteContract = [
  storeCase('stream-store#29: removes entries and metadata, and tells what it removed', async ({ store }) => {
    await store.append('a', bytes('1', '2', '3'));
    await store.setMetadata('a', { x: 1 });
    await store.append('b', bytes('1'));
    await store.setMetadata('c', { x: 1 });
    assert.deepEqual(await store.delete(['a', 'b', 'c', 'none']), [
      { stream: 'a', metadata: true, entries: 3, existed: true },
      { stream: 'b', metadata: false, entries: 1, existed: true },
      { stream: 'c', metadata: true, entries: 0, existed: false },
      { stream: 'none', metadata: false, entries: 0, existed: false },
    ]);
    assert.deepEqual(await store.list(), []);
    assert.equal(await store.describe('a'), undefined);
    assert.equal(await store.metadata('a'), undefined);
    assert.deepEqual(await readAll(store, 'a'), []);
  }),

  storeCase('a stream may begin anew after it was deleted', async ({ store }) => {
    await store.append('s', numbers(250));
    await store.delete(['s']);
    await store.append('s', bytes('again'));
    assert.deepEqual(texts(await readAll(store, 's')), ['again']);
    assert.equal((await store.describe('s'))?.entriesAdded, 1);
  }),

  storeCase('a follower goes on with the stream that begins anew', async ({ store }) => {
    await store.append('s', bytes('old'));
    const follower = await store.openFollower(['s'], { after: '0' });
    await takeEntries(follower, 1);
    await store.delete(['s']);
    await store.append('s', bytes('again'));
    assert.deepEqual(texts(await takeEntries(follower, 1)), ['again']);
  }),

  storeCase('a deletion touches no stream whose name begins alike', async ({ store }) => {
    for (const name of ['a', 'ab', 'a:b', 'b']) await store.append(name, bytes(name));
    await store.delete(['a']);
    assert.deepEqual(await store.list(), ['a:b', 'ab', 'b']);
    assert.deepEqual(texts(await readAll(store, 'ab')), ['ab']);
  }),
];

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
