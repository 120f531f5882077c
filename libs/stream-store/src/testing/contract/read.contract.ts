import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { bytes, idsOf, numbers, own, readAll, texts } from './fixtures.js';

export const readContract = [
  storeCase('stream-store#17: reads what lies after an ID, in order, none twice', async ({ store }) => {
    await store.append('s', numbers(250));
    const seen: string[] = [];
    for (let after = '0-0'; ;) {
      const { entries, gap } = await store.readAfter('s', after, { count: 7 });
      assert.equal(gap, undefined);
      assert.ok(entries.length <= 7);
      const last = entries.at(-1);
      if (!last) break;
      seen.push(...texts(entries));
      after = last.id;
    }
    assert.deepEqual(seen, numbers(250).map(String));
  }),

  storeCase('an ID between two entries, below all and at the end', async ({ store }) => {
    await own(store, 's', '10-0', '20-5', '30-0');
    const after = async (id: string) => idsOf((await store.readAfter('s', id, { count: 10 })).entries);
    assert.deepEqual(await after('0-0'), ['10-0', '20-5', '30-0']);
    assert.deepEqual(await after('15-9'), ['20-5', '30-0']);
    assert.deepEqual(await after('20-4'), ['20-5', '30-0']);
    assert.deepEqual(await after('20-5'), ['30-0']);
    assert.deepEqual(await after('30-0'), []);
  }),

  storeCase('an ID may be short: `ms` is the same as `ms-0`', async ({ store }) => {
    await own(store, 's', '10-0', '10-1');
    assert.deepEqual(idsOf((await store.readAfter('s', '10', { count: 9 })).entries), ['10-1']);
    assert.equal((await store.readAfter('s', '0', { count: 9 })).entries.length, 2);
    await assert.rejects(store.readAfter('s', 'soon', { count: 1 }), { name: 'EntryIdError' });
  }),

  storeCase('a read is bounded in bytes, except for one entry that is larger by itself', async ({ store }) => {
    await store.append('s', bytes('aaaa', 'bbbb', 'cc', 'dddddddddddddddd', ''));
    const read = async (after: string, maxBytes: number) =>
      texts((await store.readAfter('s', after, { count: 10, maxBytes })).entries);
    const ids = idsOf(await readAll(store, 's'));
    assert.deepEqual(await read('0-0', 8), ['aaaa', 'bbbb']);
    assert.deepEqual(await read('0-0', 9), ['aaaa', 'bbbb']);
    assert.deepEqual(await read('0-0', 10), ['aaaa', 'bbbb', 'cc']);
    assert.deepEqual((await read(ids[2] ?? '', 5))[0], 'dddddddddddddddd');
  }),

  storeCase('the newest entries come oldest first', async ({ store }) => {
    await store.append('s', numbers(150));
    assert.deepEqual(texts(await store.readNewest('s', 1)), ['149']);
    assert.deepEqual(texts(await store.readNewest('s', 120)), numbers(150, 30).map(String));
    assert.equal((await store.readNewest('s', 1000)).length, 150);
    // Bytes bound it too, counted from the newest; one comes in any case.
    assert.deepEqual(texts(await store.readNewest('s', 1000, 7)), ['148', '149']);
    assert.deepEqual(texts(await store.readNewest('s', 1000, 1)), ['149']);
  }),

  storeCase('an unknown stream is empty', async ({ store }) => {
    assert.deepEqual(await store.readAfter('none', '0-0', { count: 1 }), { entries: [] });
    assert.deepEqual(await store.readNewest('none', 5), []);
    assert.equal(await store.lastId('none'), '0-0');
    assert.deepEqual(await store.list(), []);
  }),

  storeCase('what a reader changes in its buffer changes nothing for others', async ({ store }) => {
    await store.append('s', bytes('abc'));
    const [first] = await readAll(store, 's');
    assert.equal(first?.stream, 's');
    await store.append('s', bytes('def'));
    assert.deepEqual(texts([first]), ['abc']);
  }),

  storeCase('stream-store#22: streams are listed sorted, after their first entry', async ({ store }) => {
    for (const name of ['b', 'a', 'C', 'a1']) await store.append(name, bytes('x'));
    assert.deepEqual(await store.list(), ['C', 'a', 'a1', 'b']);
  }),
];

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
