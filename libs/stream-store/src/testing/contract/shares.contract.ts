import assert from 'node:assert/strict';
import type { StreamStore } from '../../api/stream-store.js';
import { bytes, own } from './fixtures.js';
import { storeCase } from './store-case.js';

const LIMITS = { limits: { maxStreams: 12, maxStreamsPerPrincipal: 3 } };
const REFUSED = { code: 'TOO_MANY_REQUESTS', message: /limits\.maxStreamsPerPrincipal/ };
const FULL = { code: 'TOO_MANY_REQUESTS', message: /limits\.maxStreams$/ };

function push(store: StreamStore, owner: string | undefined, ...streams: string[]): Promise<string[]> {
  return store.appendAll(
    streams.map((stream) => ({ stream, data: Buffer.from('x') })),
    { owner },
  );
}

/** Makes streams for an owner until it may have no more. */
async function useUp(store: StreamStore, owner: string): Promise<void> {
  for (const number of [1, 2, 3]) await store.append(`${owner}-${number}`, bytes('x'), { owner });
}

export const sharesContract = [
  storeCase(
    'stream-store#57: one owner may make so many streams; known ones go on, and others have shares of their own',
    async ({ store }) => {
      await useUp(store, 'ann');
      await assert.rejects(store.append('more', bytes('x'), { owner: 'ann' }), REFUSED);
      await assert.rejects(push(store, 'ann', 'ann-1', 'more'), REFUSED);
      assert.equal((await store.append('ann-1', bytes('y'), { owner: 'ann' })).length, 1);
      await useUp(store, 'bob');
      // A stream stays with its maker, also where others append to it.
      await push(store, 'ann', 'bob-1');
      assert.deepEqual(await store.list(), ['ann-1', 'ann-2', 'ann-3', 'bob-1', 'bob-2', 'bob-3']);
    },
    LIMITS,
  ),

  storeCase(
    "stream-store#57: only the limit of the store holds for the host's own streams",
    async ({ store }) => {
      await push(store, undefined, ...Array.from({ length: 10 }, (_unused, index) => `host-${index}`));
      await store.append('ann-1', bytes('x'), { owner: 'ann' });
      await push(store, 'ann', 'host-1', 'ann-2');
      await assert.rejects(push(store, 'ann', 'ann-3'), FULL);
      await assert.rejects(push(store, undefined, 'more'), FULL);
    },
    LIMITS,
  ),

  storeCase(
    'stream-store#57: of a batch with too many new streams nothing is stored',
    async ({ store }) => {
      await assert.rejects(push(store, 'ann', 'a', 'b', 'c', 'd'), REFUSED);
      assert.deepEqual(await store.list(), []);
      await push(store, 'ann', 'a', 'b', 'a', 'c', 'b');
      assert.deepEqual(await store.list(), ['a', 'b', 'c']);
    },
    LIMITS,
  ),

  storeCase(
    'stream-store#57: a deleted stream is given back; another one may make it anew',
    async ({ store }) => {
      await useUp(store, 'ann');
      await store.delete(['ann-2', 'unknown']);
      await push(store, 'ann', 'new');
      await assert.rejects(push(store, 'ann', 'more'), REFUSED);
      await store.delete(['ann-1']);
      await push(store, 'bob', 'ann-1');
      await push(store, 'ann', 'other');
      await assert.rejects(push(store, 'ann', 'more'), REFUSED);
      await push(store, 'bob', 'bob-1', 'bob-2');
      await assert.rejects(push(store, 'bob', 'more'), REFUSED);
    },
    LIMITS,
  ),

  storeCase(
    'stream-store#57: streams that are made at the same time do not pass the limit',
    async ({ store }) => {
      const answers = await Promise.allSettled(
        Array.from({ length: 100 }, (_unused, index) => store.append(`s${index}`, bytes('x'), { owner: 'ann' })),
      );
      assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 3);
      assert.deepEqual(await store.list(), ['s0', 's1', 's2']);
      await push(store, 'bob', 'bob');
    },
    LIMITS,
  ),

  storeCase(
    'stream-store#57: a refused append takes no share',
    async ({ store }) => {
      for (let round = 0; round < 5; round += 1) {
        const entries = ['1', '0'].map((id) => ({ stream: `s${round}`, data: Buffer.from('x'), id: `${id}-5` }));
        await assert.rejects(store.appendAll(entries, { owner: 'ann' }), { name: 'EntryIdError' });
      }
      await useUp(store, 'ann');
    },
    LIMITS,
  ),

  storeCase(
    'stream-store#57: a name that has metadata only counts, until they are deleted',
    async ({ store }) => {
      const owner = 'ann';
      for (const name of ['a', 'b', 'c']) await store.setMetadata(name, { x: 1 }, { owner });
      await assert.rejects(store.setMetadata('d', { x: 1 }, { owner }), REFUSED);
      await assert.rejects(store.append('d', bytes('x'), { owner }), REFUSED);
      assert.deepEqual(await store.setMetadata('a', { y: 1 }, { owner }), { x: 1, y: 1 });
      await store.append('a', bytes('x'), { owner });
      await store.delete(['a', 'b']);
      await push(store, owner, 'd', 'e');
      for (let index = 0; index < 9; index += 1) await store.setMetadata(`host-${index}`, {});
      await assert.rejects(store.setMetadata('more', {}), FULL);
      await assert.rejects(own(store, 'more', '5'), FULL);
      assert.equal(await store.metadata('more'), undefined);
    },
    LIMITS,
  ),

  storeCase(
    'stream-store#57: an owner may have any name',
    async ({ store }) => {
      for (const owner of ['__proto__', 'a b\n5 c', '', 'ü'.repeat(200)]) {
        await useUp(store, owner.slice(0, 3).replaceAll('\n', ' '));
        await assert.rejects(push(store, owner.slice(0, 3).replaceAll('\n', ' '), 'more'), REFUSED);
        await store.delete(await store.list());
        await push(store, owner, 'a', 'b', 'c');
        await assert.rejects(push(store, owner, 'more'), REFUSED);
        await store.delete(['a', 'b', 'c']);
      }
    },
    LIMITS,
  ),
];

/** After a restart. */
export const keptSharesContract = [
  storeCase(
    'stream-store#57: who made a stream is still known, and given back when it is deleted',
    async ({ store, open }) => {
      await store.append('a', bytes('x'), { owner: 'ann' });
      await store.append('gone', bytes('x'), { owner: 'ann' });
      await store.setMetadata('b', { x: 1 }, { owner: 'ann' });
      await store.delete(['gone']);
      await store.close();
      const again = await open();
      await push(again, 'ann', 'c');
      await assert.rejects(push(again, 'ann', 'more'), REFUSED);
      await again.delete(['a', 'b']);
      await push(again, 'ann', 'd', 'e');
      await assert.rejects(push(again, 'ann', 'more'), REFUSED);
      assert.deepEqual(await again.list(), ['c', 'd', 'e']);
    },
    LIMITS,
  ),
];

/** Of several stores on one storage. */
export const commonSharesContract = [
  storeCase(
    'stream-store#57: streams that several make at the same time do not pass the share of their owner',
    async ({ store, open }) => {
      const stores = [store, await open(), await open()];
      const answers = await Promise.allSettled(
        stores.flatMap((one, place) =>
          Array.from({ length: 20 }, (_unused, index) =>
            one.append(`s${place}-${index}`, bytes('x'), { owner: 'ann' }),
          ),
        ),
      );
      assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 3);
      const made = await store.list();
      assert.equal(made.length, 3);
      // What one has deleted, the others may make; and one that another makes anew counts again.
      const [first = ''] = made;
      await stores[1]?.append(first, bytes('x'), { owner: 'ann' });
      await stores[0]?.delete([first]);
      await stores[1]?.append(first, bytes('x'), { owner: 'ann' });
      for (const one of stores) await assert.rejects(push(one, 'ann', 'more'), REFUSED);
      await stores[2]?.delete(made);
      await useUp(stores[1] as StreamStore, 'ann');
    },
    LIMITS,
  ),
];
