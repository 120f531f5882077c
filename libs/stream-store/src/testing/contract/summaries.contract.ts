import assert from 'node:assert/strict';
import type { StreamStore, StreamSummary } from '../../api/stream-store.js';
import { bytes, numbers, own, until } from './fixtures.js';
import { storeCase } from './store-case.js';

/** What a description tells of the same things. */
async function described(store: StreamStore, stream: string): Promise<Omit<StreamSummary, 'groups'>> {
  const description = await store.describe(stream);
  assert.ok(description);
  const { length, bytes: size, ended, entriesAdded, firstEntry, lastEntry } = description;
  return { stream, length, bytes: size, ended, entriesAdded, firstEntry, lastEntry };
}

async function summarized(store: StreamStore, streams: readonly string[]): Promise<Omit<StreamSummary, 'groups'>[]> {
  const found = await store.summaries(streams);
  return found.map(({ stream, length, bytes: size, ended, entriesAdded, firstEntry, lastEntry }) => {
    return { stream, length, bytes: size, ended, entriesAdded, firstEntry, lastEntry };
  });
}

export const summariesContract = [
  storeCase(
    'stream-store#101: the numbers of streams are those of their descriptions, in the order of the request',
    async ({ store }) => {
      const ids = await store.append('b', bytes('a', 'bc', ''));
      await store.append('a', bytes('x'));
      await store.append('ended', bytes('1', '22'));
      await store.end('ended');
      const names = ['b', 'none', 'ended', 'a', '{b}'];
      await store.append('{b}', bytes('y'));
      const found = await summarized(store, names);
      assert.deepEqual(
        found.map(({ stream }) => stream),
        ['b', 'ended', 'a', '{b}'],
      );
      for (const one of found) assert.deepEqual(one, await described(store, one.stream), one.stream);
      const { firstEntry, lastEntry, length, entriesAdded, ended } = found[0] ?? {};
      assert.deepEqual([firstEntry, lastEntry, length, entriesAdded, ended], [ids[0], ids[2], 3, 3, false]);
      assert.equal(found[1]?.ended, true);
      assert.deepEqual(await store.summaries([]), []);
    },
  ),

  storeCase(
    'stream-store#101: they follow retention, deletion and a new beginning',
    async ({ store }) => {
      await store.append('s', numbers(300));
      await until('a trim', async () => ((await store.describe('s'))?.length ?? 300) < 300);
      const [trimmed] = await summarized(store, ['s']);
      assert.deepEqual(trimmed, await described(store, 's'));
      assert.equal(trimmed?.entriesAdded, 300);
      await store.delete(['s']);
      assert.deepEqual(await store.summaries(['s']), []);
      const [id] = await store.append('s', bytes('anew'));
      const [anew] = await summarized(store, ['s']);
      assert.deepEqual([anew?.length, anew?.entriesAdded, anew?.firstEntry, anew?.lastEntry], [1, 1, id, id]);
    },
    { retention: { maxLength: 100 } },
  ),

  storeCase('stream-store#101: a stream that retention has emptied has no first and last entry', async ({ store }) => {
    await own(store, 's', String(Date.now() - 60_000));
    await store.setMetadata('s', { max_age: 1 });
    await until('the last entry to go', async () => (await store.describe('s'))?.length === 0);
    const [found] = await summarized(store, ['s']);
    assert.deepEqual(found, await described(store, 's'));
    assert.deepEqual([found?.length, found?.firstEntry, found?.lastEntry], [0, undefined, undefined]);
  }),

  storeCase(
    'stream-store#101: the groups of each are counted, also of a stream that was begun after',
    async ({ store }) => {
      await store.groups.open('s', 'g', { after: '0' });
      await store.append('s', bytes('a'));
      await store.groups.open('s', 'h');
      await store.append('t', bytes('a'));
      const count = async (): Promise<number[]> => (await store.summaries(['s', 't'])).map(({ groups }) => groups);
      assert.deepEqual(await count(), [2, 0]);
      await store.groups.delete('s', 'g');
      assert.deepEqual(await count(), [1, 0]);
    },
  ),

  storeCase('stream-store#101: the numbers of hundreds of streams come at once', async ({ store }) => {
    const names = Array.from({ length: 620 }, (_unused, index) => `s${index}`);
    await store.appendAll(names.map((stream) => ({ stream, data: Buffer.from(stream) })));
    const found = await store.summaries(names);
    assert.deepEqual(
      found.map(({ stream, length }) => [stream, length]),
      names.map((name) => [name, 1]),
    );
  }),
];
