import assert from 'node:assert/strict';
import type { EntryId, StoredEntry, StreamFollower, StreamGap, StreamStore } from '../../api/stream-store.js';
import { storeCase } from './store-case.js';
import { assertGrowing, bytes, idsOf, news, numbers, own, readAll, texts } from './fixtures.js';

const GREATEST = '18446744073709551615-18446744073709551615';
/** Written by a clock that is far ahead. */
const AHEAD = '9999999999999-5';

/** Cursors that do not fit their stream: it was deleted and began anew, or lost its end. */
export const beginningContract = [
  storeCase(
    'stream-store#53: a stream that begins anew goes on above the last ID it had, whatever the clock says',
    async ({ store }) => {
      await own(store, 's', AHEAD);
      await store.delete(['s']);
      const [id = ''] = await store.append('s', bytes('again'));
      assertGrowing([AHEAD, id]);
      await store.delete(['s']);
      const [mixed = ''] = await own(store, 's', undefined, '10000000000000-0');
      assertGrowing([id, mixed]);
    },
  ),

  storeCase(
    'stream-store#52: a stream that began anew is a gap to every cursor from before, once',
    async ({ store }) => {
      const ids = await store.append('s', bytes('a', 'b', 'c'));
      await store.delete(['s']);
      const [first] = await store.append('s', bytes('again'));
      for (const after of ids) {
        const { entries, gap } = await store.readAfter('s', after, { count: 5 });
        assert.deepEqual(gap, { stream: 's', after, first });
        assert.deepEqual(idsOf(entries), [first]);
        assert.deepEqual(await taken(await store.openFollower(['s'], { after }), 1), {
          gaps: [{ stream: 's', after, first }],
          entries: ['again'],
        });
      }
      for (const after of ['0-0', first ?? '']) {
        assert.equal((await store.readAfter('s', after, { count: 5 })).gap, undefined);
      }
    },
  ),

  storeCase(
    'stream-store#52: a cursor above the last ID is a gap, and reading goes on from what is there',
    async ({ store }) => {
      const ids = await store.append('s', numbers(3));
      for (const after of [AHEAD, GREATEST]) {
        const gap = { stream: 's', after, first: ids[0] };
        const read = await store.readAfter('s', after, { count: 2 });
        assert.deepEqual([idsOf(read.entries), read.gap], [ids.slice(0, 2), gap]);
        const follower = await store.openFollower(['s'], { after });
        assert.deepEqual(await taken(follower, 3), { gaps: [gap], entries: ['0', '1', '2'] });
        await store.append('s', bytes('3'));
        assert.deepEqual(await taken(follower, 1), { gaps: [], entries: ['3'] });
        follower.close();
        await store.delete(['s']);
        ids.splice(0, 3, ...(await store.append('s', numbers(3))));
      }
    },
  ),

  storeCase(
    'stream-store#52: a cursor of an unknown stream is a gap at once, and gets all that comes',
    async ({ store }) => {
      const gap = { stream: 'none', after: '5-0', first: undefined };
      const read = await store.readAfter('none', '5-0', { count: 1 });
      assert.deepEqual([read.entries, read.gap, read.cursor], [[], gap, '0-0']);
      const follower = await store.openFollower(['none'], { after: '5-0' });
      assert.deepEqual((await follower.take()).gaps, [gap]);
      assert.deepEqual(follower.cursors, ['0-0']);
      await own(store, 'none', '1-0', '7-0');
      assert.deepEqual(await taken(follower, 2), { gaps: [], entries: ['1-0', '7-0'] });
    },
  ),

  storeCase(
    'stream-store#52: followers of a stream that is deleted are told once, and get what it begins anew with',
    async ({ store }) => {
      const [last = ''] = (await store.append('s', numbers(3))).slice(-1);
      const [live, behind] = [
        await store.openFollower(['s']),
        await store.openFollower(['s'], { after: '0', count: 2 }),
      ];
      assert.deepEqual(texts((await behind.take()).entries), ['0', '1']);
      const [place = ''] = behind.cursors;
      await store.delete(['s']);
      await store.append('s', bytes('again'));
      for (const [follower, after] of [
        [live, last],
        [behind, place],
      ] as const) {
        const { gaps, entries } = await taken(follower, 1);
        assert.deepEqual(
          gaps.map((gap) => [gap.stream, gap.after]),
          [['s', after]],
        );
        assert.deepEqual(entries, ['again']);
        assert.deepEqual(follower.cursors, [await store.lastId('s')]);
      }
    },
  ),

  storeCase(
    'stream-store#53: a recording can be played again into a deleted stream, and its followers get it',
    async ({ store }) => {
      await own(store, 's', '10-0', '20-0', AHEAD);
      const follower = await store.openFollower(['s']);
      await store.delete(['s']);
      assert.deepEqual(await own(store, 's', '10-0', '20-0'), ['10-0', '20-0']);
      const { gaps, entries } = await taken(follower, 2);
      assert.deepEqual(
        gaps.map(({ after }) => after),
        [AHEAD],
      );
      assert.deepEqual(entries, ['10-0', '20-0']);
      // The end that it had before is no longer in the way.
      const [next = ''] = await store.append('s', bytes('new'));
      assertGrowing([next, AHEAD]);
    },
  ),

  storeCase('a stream that used the greatest ID begins from the clock again', async ({ store }) => {
    await own(store, 's', GREATEST);
    await store.delete(['s']);
    const [id = ''] = await store.append('s', bytes('again'));
    assertGrowing([id, AHEAD]);
    const { gap } = await store.readAfter('s', GREATEST, { count: 1 });
    assert.deepEqual(gap, { stream: 's', after: GREATEST, first: id });
  }),

  storeCase('`$` and `0` on a stream that began anew are not told as a gap', async ({ store }) => {
    await store.append('s', bytes('old'));
    await store.delete(['s']);
    const early = await store.openFollower(['s']);
    await store.append('s', bytes('a'));
    const [late, all] = [await store.openFollower(['s']), await store.openFollower(['s'], { after: '0' })];
    await store.append('s', bytes('b'));
    assert.deepEqual(await taken(early, 2), { gaps: [], entries: ['a', 'b'] });
    assert.deepEqual(await taken(late, 1), { gaps: [], entries: ['b'] });
    assert.deepEqual(await taken(all, 2), { gaps: [], entries: ['a', 'b'] });
  }),

  storeCase('passing over what another stream has passed is not a gap', async ({ store }) => {
    await own(store, 's', '10-0');
    const follower = await store.openFollower(['s'], { after: '0' });
    follower.skipTo('s', '50-0');
    assert.deepEqual(await follower.take(), { entries: [], gaps: [], shared: false });
    await own(store, 's', '40-0', '60-0');
    assert.deepEqual(await taken(follower, 1), { gaps: [], entries: ['60-0'] });
  }),
];

export const durableBeginningContract = [
  storeCase('the last ID of a deleted stream outlives a restart', async ({ store, open }) => {
    await own(store, 's', AHEAD);
    await store.delete(['s']);
    await store.close();
    const again = await open();
    const [id = ''] = await again.append('s', bytes('again'));
    assertGrowing([AHEAD, id]);
    await again.close();
    await assertGap(await open(), AHEAD, id);
  }),
];

export const sharedBeginningContract = [
  storeCase('a stream that another process deletes is told to the followers of this one', async ({ store, open }) => {
    const other = await open();
    const [last = ''] = await store.append('s', bytes('old'));
    const follower = await store.openFollower(['s']);
    await other.delete(['s']);
    await other.append('s', bytes('again'));
    const { gaps, entries } = await taken(follower, 1);
    assert.deepEqual(
      gaps.map(({ after }) => after),
      [last],
    );
    assert.deepEqual(entries, ['again']);
    await assertGap(store, last, (await readAll(store, 's'))[0]?.id);
  }),

  storeCase('also when it begins anew with lower IDs', async ({ store, open }) => {
    const other = await open();
    await own(store, 's', AHEAD);
    const follower = await store.openFollower(['s']);
    await other.delete(['s']);
    await own(other, 's', '10-0', '20-0');
    const { gaps, entries } = await taken(follower, 2);
    assert.deepEqual(
      gaps.map(({ after }) => after),
      [AHEAD],
    );
    assert.deepEqual(entries, ['10-0', '20-0']);
  }),
];

async function assertGap(store: StreamStore, after: EntryId, first: EntryId | undefined): Promise<void> {
  assert.deepEqual((await store.readAfter('s', after, { count: 1 })).gap, { stream: 's', after, first });
}

/** All gaps that a follower tells up to the time when it has so many entries, and the texts of these. */
async function taken(follower: StreamFollower, wanted: number): Promise<{ gaps: StreamGap[]; entries: string[] }> {
  const gaps: StreamGap[] = [];
  const entries: StoredEntry[] = [];
  while (entries.length < wanted) {
    const batch = await follower.take();
    gaps.push(...batch.gaps);
    entries.push(...batch.entries);
    if (batch.entries.length === 0) await news(follower);
  }
  return { gaps, entries: texts(entries) };
}
