import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { bytes } from './fixtures.js';

export const describeContract = [
  storeCase(
    'stream-store#28: tells length, first and last entry, last ID and all that were ever added',
    async ({ store }) => {
      const ids = await store.append('s', bytes('a', 'bc', ''));
      const description = await store.describe('s');
      assert.equal(description?.stream, 's');
      assert.equal(description.length, 3);
      assert.equal(description.entriesAdded, 3);
      assert.equal(description.firstEntry, ids[0]);
      assert.equal(description.lastEntry, ids[2]);
      assert.equal(description.lastGeneratedId, ids[2]);
      assert.match(description.maxDeletedEntryId, /^\d+-\d+$/);
      for (const field of ['groups', 'radixTreeKeys', 'radixTreeNodes'] as const) {
        assert.equal(typeof description[field], 'number');
      }
      if (description.bytes !== undefined) assert.equal(description.bytes, 3);
      assert.equal(await store.lastId('s'), ids[2]);
    },
  ),

  storeCase('stream-store#28: a stream that has never had an entry is undefined', async ({ store }) => {
    assert.equal(await store.describe('none'), undefined);
  }),
];
