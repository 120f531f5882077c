import assert from 'node:assert/strict';
import type { StreamStore } from '../../api/stream-store.js';
import { storeCase } from './store-case.js';
import { bytes, until, idsOf, numbers, readAll, refused, texts } from './fixtures.js';

/** "About": trimming works in whole blocks (stream-store§1). */
const SLACK = 100;

export const retentionContract = [
  storeCase('stream-store#47: about the newest 1000 entries are kept when nothing else is said', async ({ store }) => {
    await appendSingly(store, 1500);
    await assertBounded(store, 1000, 1500);
  }),

  storeCase('stream-store#47: a batch over the limit is bounded as well, never below the limit', async ({ store }) => {
    await store.append('s', numbers(1500));
    await store.append('s', numbers(3000, 1500));
    await assertBounded(store, 1000, 3000);
  }),

  storeCase(
    'stream-store#47: `max_len` of a stream goes before the limit of the store, both ways',
    async ({ store }) => {
      await store.setMetadata('s', { max_len: 50 });
      await store.setMetadata('t', { max_len: 900 });
      await appendSingly(store, 800);
      for (let from = 0; from < 800; from += 50) await store.append('t', numbers(from + 50, from));
      await assertBounded(store, 50, 800);
      assert.equal((await readAll(store, 't')).length, 800);
    },
    { retention: { maxLength: 400 } },
  ),

  storeCase('stream-store#47: a `max_len` that is set later bounds what is there', async ({ store }) => {
    await appendSingly(store, 600);
    await store.setMetadata('s', { max_len: 20 });
    await assertBounded(store, 20, 600);
  }),

  storeCase(
    'a stream is bounded in bytes, and the newest entry stays however large',
    async ({ store }) => {
      for (let round = 0; round < 300; round += 1) await store.append('s', [Buffer.alloc(1000, 'x')]);
      const kept = await until('the bytes to be bounded', async () => {
        const entries = await readAll(store, 's');
        return entries.length <= 50 + SLACK ? entries : undefined;
      });
      assert.ok(kept.length >= 50 - 1 && kept.length < 300, `${kept.length} entries`);
      await store.append('s', [Buffer.alloc(80_000)]);
      assert.equal((await store.readNewest('s', 1))[0]?.data.length, 80_000);
    },
    { retention: { maxLength: 1_000_000, maxBytes: 50_000 } },
  ),

  storeCase(
    'entries that are too old go, by the time in their ID, at the next append',
    async ({ store }) => {
      const old = Date.now() - 60_000;
      for (let index = 0; index < 300; index += 1) {
        await store.appendAll([{ stream: 's', data: Buffer.from('old'), id: `${old + index}` }]);
      }
      await until('the old entries to go', async () => {
        await store.append('s', bytes('new'));
        return (await readAll(store, 's')).every(({ data }) => data.toString() === 'new');
      });
    },
    { retention: { maxLength: 1_000_000, maxAge: '5s' } },
  ),

  storeCase(
    'stream-store#47: `max_age` and `max_bytes` of a stream go before those of the store',
    async ({ store }) => {
      await store.setMetadata('s', { max_age: 1_000_000 });
      const old = String(Date.now() - 60_000);
      await store.appendAll(['s', 't'].map((stream) => ({ stream, data: Buffer.from('old'), id: old })));
      await until('the old entry of the other stream to go', async () => {
        await store.append('t', bytes('new'));
        return (await readAll(store, 't')).every(({ data }) => data.toString() === 'new');
      });
      await store.append('s', bytes('new'));
      assert.deepEqual(texts(await readAll(store, 's')), ['old', 'new']);
    },
    { retention: { maxAge: '5s' } },
  ),

  storeCase(
    'a cursor that retention has overtaken gets the gap',
    async ({ store }) => {
      const [first = ''] = await store.append('s', bytes('first'));
      await appendSingly(store, 500);
      await until('a trim', async () => (await readAll(store, 's')).length < 400);
      const { entries, gap } = await store.readAfter('s', first, { count: 5 });
      assert.deepEqual(gap, { stream: 's', after: first, first: entries[0]?.id });
      assert.equal((await store.readAfter('s', entries[0]?.id ?? '', { count: 5 })).gap, undefined);
      assert.equal((await store.readAfter('s', '0-0', { count: 5 })).gap, undefined, 'the beginning is not a cursor');
      assert.equal((await store.readAfter('s', await store.lastId('s'), { count: 5 })).gap, undefined);
    },
    { retention: { maxLength: 10 } },
  ),

  storeCase(
    'what was trimmed still counts, and its IDs are not given again',
    async ({ store }) => {
      await appendSingly(store, 300);
      const last = await store.lastId('s');
      await until('a trim', async () => ((await store.describe('s'))?.length ?? 300) < 300);
      const description = await store.describe('s');
      assert.equal(description?.entriesAdded, 300);
      assert.equal(description?.lastGeneratedId, last);
      await refused(store, 's', last);
    },
    { retention: { maxLength: 10 } },
  ),

  storeCase(
    'stream-store#47: bounds with a fraction, and very large ones, hold as the next whole number',
    async ({ store }) => {
      for (const [index, bounds] of [
        // Long enough for a storage that takes seconds to store the second one.
        { max_age: 1000.0005 },
        { max_age: 1e300, max_len: 1e300, max_bytes: 1e300 },
        { max_len: 1.5, max_bytes: 10.5 },
      ].entries()) {
        const stream = `s${index}`;
        await store.setMetadata(stream, bounds);
        await store.append(stream, bytes('a'));
        await store.append(stream, bytes('b'));
        assert.deepEqual(texts(await readAll(store, stream)).slice(-1), ['b']);
        assert.deepEqual(texts(await store.readNewest(stream, 1)), ['b']);
        await store.setMetadata(stream, { title: 'x' });
      }
    },
  ),
];

async function appendSingly(store: StreamStore, count: number): Promise<void> {
  for (let from = 0; from < count; from += 20) {
    await Promise.all(numbers(from + 20, from).map((data) => store.append('s', [data])));
  }
}

/** Waits for the bound, and checks that the newest are there without a hole. */
async function assertBounded(store: StreamStore, limit: number, appended: number): Promise<void> {
  const kept = await until(`at most ${limit + SLACK} entries`, async () => {
    const entries = await readAll(store, 's');
    return entries.length <= limit + SLACK ? entries : undefined;
  });
  assert.ok(kept.length >= limit, `only ${kept.length} of ${limit} entries are left`);
  assert.deepEqual(texts(kept), numbers(appended, appended - kept.length).map(String));
  assert.equal((await store.describe('s'))?.length, kept.length);
  assert.deepEqual((await store.describe('s'))?.firstEntry, idsOf(kept)[0]);
}
