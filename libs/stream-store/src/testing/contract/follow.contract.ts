import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { bytes, until, idsOf, news, numbers, readAll, takeEntries, texts } from './fixtures.js';

export const followContract = [
  storeCase('stream-store#16: `$` gives nothing old, then what comes', async ({ store }) => {
    await store.append('s', bytes('old'));
    const follower = await store.openFollower(['s']);
    assert.deepEqual((await follower.take()).entries, []);
    await store.append('s', bytes('new'));
    assert.deepEqual(texts(await takeEntries(follower, 1)), ['new']);
  }),

  storeCase(
    'stream-store#17: after an ID every later entry comes, in order, none twice, and goes on live',
    async ({ store }) => {
      const ids = await store.append('s', numbers(50));
      const follower = await store.openFollower(['s'], { after: ids[9], count: 7 });
      const appending = (async () => {
        for (let from = 50; from < 400; from += 10) await store.append('s', numbers(from + 10, from));
      })();
      const entries = await takeEntries(follower, 390);
      await appending;
      assert.deepEqual(texts(entries), numbers(400, 10).map(String));
      assert.deepEqual((await follower.take()).entries, []);
      assert.deepEqual(follower.cursors, [await store.lastId('s')]);
    },
  ),

  storeCase('`0`, `*` and `-` begin at the first, the newest few and the newest entry', async ({ store }) => {
    await store.append('s', numbers(20));
    const starts = async (after: string, count: number, wanted: number) =>
      texts(await takeEntries(await store.openFollower(['s'], { after, count }), wanted));
    assert.deepEqual(await starts('0', 100, 20), numbers(20).map(String));
    assert.deepEqual(await starts('*', 3, 3), ['17', '18', '19']);
    assert.deepEqual(await starts('-', 3, 1), ['19']);
    await assert.rejects(store.openFollower(['s'], { after: 'soon' }), { name: 'EntryIdError' });
    await assert.rejects(store.openFollower(['a/b']), { name: 'StreamNameError' });
  }),

  storeCase('stream-store#18: a batch has at most `count` entries of a stream', async ({ store }) => {
    await store.append('s', numbers(5));
    const follower = await store.openFollower(['s'], { after: '0', count: 3 });
    assert.deepEqual(texts((await follower.take()).entries), ['0', '1', '2']);
    assert.deepEqual(texts((await follower.take()).entries), ['3', '4']);
  }),

  storeCase('a batch is bounded in bytes, except for one entry that is larger by itself', async ({ store }) => {
    await store.append('s', bytes('aaaa', 'bb', 'cccccccccc', 'd'));
    const follower = await store.openFollower(['s'], { after: '0', maxBytes: 6 });
    const batches: string[][] = [];
    for (let left = 3; left > 0; left -= 1) batches.push(texts((await follower.take()).entries));
    assert.deepEqual(batches, [['aaaa', 'bb'], ['cccccccccc'], ['d']]);
  }),

  storeCase(
    'stream-store#19: several streams have a cursor each, grouped in the order of the request',
    async ({ store }) => {
      const [first = ''] = await store.append('a', bytes('a1', 'a2'));
      await store.append('b', bytes('b1'));
      const follower = await store.openFollower(['b', 'a', 'none'], { after: ['$', first] });
      assert.deepEqual(texts((await follower.take()).entries), ['a2']);
      await store.append('a', bytes('a3'));
      await store.append('b', bytes('b2'));
      const entries = await takeEntries(follower, 2);
      assert.deepEqual(texts(entries).sort(), ['a3', 'b2']);
      await store.append('none', bytes('n1'));
      assert.deepEqual(texts(await takeEntries(follower, 1)), ['n1']);
      assert.deepEqual(follower.cursors, [
        await store.lastId('b'),
        await store.lastId('a'),
        await store.lastId('none'),
      ]);
    },
  ),

  storeCase('stream-store#20: several followers of one stream each get everything', async ({ store }) => {
    const followers = await Promise.all(Array.from({ length: 5 }, () => store.openFollower(['s'])));
    await store.append('s', numbers(30));
    await store.append('s', numbers(60, 30));
    for (const follower of followers) {
      assert.deepEqual(texts(await takeEntries(follower, 60)), numbers(60).map(String));
    }
  }),

  storeCase('followers that keep up are handed the same entry objects', async ({ store }) => {
    const [first, second] = [await store.openFollower(['s']), await store.openFollower(['s'])];
    await store.append('s', bytes('x'));
    const [[one], [two]] = [await takeEntries(first, 1), await takeEntries(second, 1)];
    assert.equal(one, two);
  }),

  storeCase('a callback runs once, in a later turn, and a further one replaces it', async ({ store }) => {
    const follower = await store.openFollower(['s'], { after: '0' });
    assert.deepEqual((await follower.take()).entries, []);
    let replaced = 0;
    let calls = 0;
    follower.onNews(() => (replaced += 1));
    follower.onNews(() => (calls += 1));
    await store.append('s', bytes('a'));
    await until('the callback', () => calls === 1);
    await store.append('s', bytes('b'));
    assert.deepEqual(texts(await takeEntries(follower, 2)), ['a', 'b']);
    assert.deepEqual([replaced, calls], [0, 1]);
  }),

  storeCase('a callback set when there is something already runs as well, never at once', async ({ store }) => {
    await store.append('s', bytes('a'));
    const follower = await store.openFollower(['s'], { after: '0' });
    let called = false;
    const heard = new Promise<void>((resolve) => follower.onNews(() => ((called = true), resolve())));
    assert.equal(called, false);
    await heard;
    assert.deepEqual(texts((await follower.take()).entries), ['a']);
  }),

  storeCase('a cursor moves forward on demand, never back', async ({ store }) => {
    const ids = await store.append('s', numbers(10));
    const follower = await store.openFollower(['s'], { after: '0', count: 2 });
    await follower.take();
    follower.skipTo('s', ids[6] ?? '');
    follower.skipTo('s', ids[3] ?? '');
    assert.deepEqual(texts((await follower.take()).entries), ['7', '8']);
    follower.skipTo('other', ids[9] ?? '');
    assert.deepEqual(texts((await follower.take()).entries), ['9']);
  }),

  storeCase('a slow follower is given everything that is kept, at any pace', async ({ store }) => {
    const slow = await store.openFollower(['s'], { after: '$', count: 1 });
    const large = Buffer.alloc(100_000, 'x');
    for (let round = 0; round < 60; round += 1) await store.append('s', [large]);
    const entries = await takeEntries(slow, 60);
    assert.deepEqual(idsOf(entries), idsOf(await readAll(store, 's')));
  }),

  storeCase(
    'a follower that retention has overtaken gets the gap once, and goes on',
    async ({ store }) => {
      const ids = await store.append('s', numbers(2));
      const follower = await store.openFollower(['s'], { after: ids[0], count: 1000 });
      for (let from = 2; from < 1002; from += 100) await store.append('s', numbers(from + 100, from));
      // Removal may lag behind the append.
      const first = await until('a trim', async () => {
        const [kept] = await readAll(store, 's');
        return kept && Number(kept.data) > 2 ? kept : undefined;
      });
      const fresh = await store.openFollower(['s'], { after: ids[0], count: 1000 });
      const { entries, gaps } = await fresh.take();
      assert.deepEqual(gaps, [{ stream: 's', after: ids[0], first: entries[0]?.id }]);
      assert.ok(Number(entries[0]?.data) >= Number(first.data));
      assert.equal(texts(entries).at(-1), '1001');
      const after = await fresh.take();
      assert.deepEqual([after.entries, after.gaps], [[], []]);
      // The one that was there all along has either everything or a gap: never a silent hole.
      const seen: number[] = [];
      let gap = false;
      while (seen.at(-1) !== 1001) {
        const batch = await follower.take();
        gap ||= batch.gaps.length > 0;
        seen.push(...batch.entries.map(({ data }) => Number(data)));
        if (batch.entries.length === 0) await news(follower);
      }
      assert.ok(gap || seen[0] === 1);
    },
    { retention: { maxLength: 10 } },
  ),

  storeCase('iterating gives what comes, and ends when the signal aborts', async ({ store }) => {
    const ending = new AbortController();
    const seen: string[] = [];
    const iterating = (async () => {
      for await (const batch of store.follow(['s'], { after: '0', signal: ending.signal })) {
        seen.push(...texts(batch.entries));
        if (seen.length === 3) ending.abort();
      }
    })();
    await store.append('s', bytes('a'));
    await store.append('s', bytes('b', 'c'));
    await iterating;
    assert.deepEqual(seen, ['a', 'b', 'c']);
  }),

  storeCase(
    'stream-store#49: iterating with nothing to come ends at once when the signal aborts',
    async ({ store }) => {
      const ending = new AbortController();
      const iterator = store.follow(['s'], { signal: ending.signal })[Symbol.asyncIterator]();
      const next = iterator.next();
      setImmediate(() => ending.abort());
      assert.equal((await next).done, true);
    },
  ),

  storeCase('stream-store#49: a closed follower hears and gives nothing more', async ({ store }) => {
    const [closed, open] = [await store.openFollower(['s']), await store.openFollower(['s'])];
    let calls = 0;
    closed.onNews(() => (calls += 1));
    closed.close();
    closed.close();
    await store.append('s', bytes('x'));
    assert.equal((await takeEntries(open, 1)).length, 1);
    assert.equal(calls, 0);
    assert.deepEqual((await closed.take()).entries, []);
  }),
];
