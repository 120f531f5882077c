import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { bytes, idsOf, own, readAll, refused, texts } from './fixtures.js';

const GREATEST = '18446744073709551615';

export const ownIdContract = [
  storeCase(
    'stream-store#35: takes `ms-seq`, `ms`, `ms-*` and none, and answers what was stored',
    async ({ store }) => {
      const ids = await own(store, 's', '5-3', '6', '6-*', '7-*', undefined);
      assert.deepEqual(ids.slice(0, 4), ['5-3', '6-0', '6-1', '7-0']);
      assert.deepEqual(idsOf(await readAll(store, 's')), ids);
      assert.deepEqual(await own(store, 'zero', '0-*'), ['0-1']);
    },
  ),

  storeCase(
    'stream-store#46: an ID that is not above the last one is refused, and nothing of its batch is stored',
    async ({ store }) => {
      await own(store, 's', '10-5');
      for (const id of ['10-5', '10-4', '9', '9-*', '0-0', '0']) {
        await refused(store, 's', '11', id);
        await assert.rejects(
          store.appendAll([
            { stream: 'other', data: Buffer.from('x') },
            { stream: 's', data: Buffer.from('x'), id },
          ]),
          { name: 'EntryIdError' },
        );
      }
      assert.deepEqual(idsOf(await readAll(store, 's')), ['10-5']);
      assert.deepEqual(await store.list(), ['s']);
      assert.equal(await store.lastId('s'), '10-5');
    },
  ),

  storeCase(
    'stream-store#46: an ID that falls within one batch is refused, and no stream comes of it',
    async ({ store }) => {
      await refused(store, 's', '5', '6', '6');
      assert.equal(await store.describe('s'), undefined);
      assert.deepEqual(await store.list(), []);
    },
  ),

  storeCase('text that is not an ID is refused', async ({ store }) => {
    const texts = ['', 'x', '-', '1-', '-1', '1-2-3', '1.5', '+1', ' 1', '1-x', '*', '$', '*-1', '1 -2', '1e3'];
    for (const id of [...texts, `${GREATEST}0`, '18446744073709551616', '1-18446744073709551616']) {
      await refused(store, 's', id);
    }
    assert.deepEqual(await store.list(), []);
  }),

  storeCase('both numbers of an ID may use all of 64 bits, and order as numbers', async ({ store }) => {
    const ids = ['9-10', '10-9', '9007199254740993-2', '9007199254740993-10', `9007199254740994-${GREATEST}`];
    const stored = [...ids, '9007199254740995-0', `${GREATEST}-9`, `${GREATEST}-10`];
    await own(store, 's', ...ids, '9007199254740995', `${GREATEST}-9`, `${GREATEST}-*`);
    assert.deepEqual(idsOf(await readAll(store, 's')), stored);
    const { entries } = await store.readAfter('s', '9007199254740993-9', { count: 1 });
    assert.deepEqual(idsOf(entries), ['9007199254740993-10']);
    assert.equal(await store.lastId('s'), `${GREATEST}-10`);
  }),

  storeCase('the greatest ID ends a stream: a further entry is refused, and the rest stays', async ({ store }) => {
    await own(store, 's', `${GREATEST}-${GREATEST}`);
    await assert.rejects(store.append('s', bytes('x')), { name: 'EntryIdError' });
    await refused(store, 's', `${GREATEST}-*`);
    assert.deepEqual(idsOf(await readAll(store, 's')), [`${GREATEST}-${GREATEST}`]);
  }),

  storeCase('an own ID after a refused batch is taken as if that had never been', async ({ store }) => {
    await own(store, 's', '5');
    await refused(store, 's', '100', '6', '50');
    assert.deepEqual(await own(store, 's', '6'), ['6-0']);
    assert.deepEqual(texts(await readAll(store, 's')), ['5', '6']);
  }),
];
