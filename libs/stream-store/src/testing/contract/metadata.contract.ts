import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { bytes } from './fixtures.js';

export const metadataContract = [
  storeCase(
    'stream-store#27: fields are merged, or replace what is there, and what is stored is answered',
    async ({ store }) => {
      assert.equal(await store.metadata('s'), undefined);
      assert.deepEqual(await store.setMetadata('s', { a: 1, b: { deep: ['ä'] } }), { a: 1, b: { deep: ['ä'] } });
      assert.deepEqual(await store.setMetadata('s', { a: 2, c: null }), { a: 2, b: { deep: ['ä'] }, c: null });
      assert.deepEqual(await store.metadata('s'), { a: 2, b: { deep: ['ä'] }, c: null });
      assert.deepEqual(await store.setMetadata('s', { d: true }, { override: true }), { d: true });
      assert.deepEqual(await store.metadata('s'), { d: true });
    },
  ),

  storeCase('metadata alone makes no stream', async ({ store }) => {
    await store.setMetadata('s', { a: 1 });
    assert.deepEqual(await store.list(), []);
    assert.equal(await store.describe('s'), undefined);
    await store.append('s', bytes('x'));
    assert.deepEqual(await store.metadata('s'), { a: 1 });
  }),

  storeCase('changes made at the same time are all kept', async ({ store }) => {
    await Promise.all(
      Array.from({ length: 20 }, (_unused, index) => store.setMetadata('s', { [`field${index}`]: index })),
    );
    assert.equal(Object.keys((await store.metadata('s')) ?? {}).length, 20);
  }),

  storeCase('what a caller changes in an answer changes nothing that is stored', async ({ store }) => {
    const answer = await store.setMetadata('s', { a: 1 });
    answer['a'] = 2;
    ((await store.metadata('s')) ?? {})['a'] = 3;
    assert.deepEqual(await store.metadata('s'), { a: 1 });
  }),

  storeCase('a field may have any name', async ({ store }) => {
    const fields = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>;
    await store.setMetadata('s', fields);
    assert.equal(JSON.stringify(await store.metadata('s')), '{"__proto__":1,"constructor":2}');
  }),

  storeCase(
    'stream-store#27: many small changes do not pass the bound of the metadata; replacing goes on',
    async ({ store }) => {
      const field = 'ä'.repeat(40);
      for (const name of ['a', 'b']) await store.setMetadata('s', { [name]: field });
      await assert.rejects(store.setMetadata('s', { c: field }), { code: 'TOO_LARGE', message: /maxMetadataBytes/ });
      assert.deepEqual(await store.metadata('s'), { a: field, b: field });
      assert.deepEqual(await store.setMetadata('s', { c: field }, { override: true }), { c: field });
      await assert.rejects(store.setMetadata('new', { a: field, b: field, c: field }), { code: 'TOO_LARGE' });
      assert.equal(await store.metadata('new'), undefined);
    },
    { limits: { maxMetadataBytes: 200 } },
  ),

  storeCase('a name that no stream may have is refused', async ({ store }) => {
    await assert.rejects(store.setMetadata('a/b', { a: 1 }), { name: 'StreamNameError' });
  }),
];
