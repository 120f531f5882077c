import assert from 'node:assert/strict';
import { storeCase } from './store-case.js';
import { assertGrowing, bytes, idsOf, numbers, readAll, texts } from './fixtures.js';

export const appendContract = [
  storeCase(
    'stream-store#9: answers the IDs of the entries, in order, and they are the stored ones',
    async ({ store }) => {
      const ids = await store.append('s', bytes('a', 'b', 'c'));
      const entries = await readAll(store, 's');
      assert.deepEqual(idsOf(entries), ids);
      assert.deepEqual(texts(entries), ['a', 'b', 'c']);
      assertGrowing(ids);
    },
  ),

  storeCase("a new entry's ID is the clock in milliseconds and a sequence", async ({ store }) => {
    const before = Date.now();
    const [first, second] = await store.append('s', bytes('a', 'b'));
    const [ms = '', seq] = first?.split('-') ?? [];
    // A server of its own may run on a clock that is a little off.
    assert.ok(Number(ms) > before - 5000 && Number(ms) < Date.now() + 5000);
    assert.equal(seq, '0');
    assertGrowing([first ?? '', second ?? '']);
  }),

  storeCase('IDs go on growing when the clock is behind the last one', async ({ store }) => {
    const future = String(Date.now() + 3_600_000);
    await store.appendAll([{ stream: 's', data: Buffer.from('a'), id: `${future}-7` }]);
    assert.deepEqual(await store.append('s', bytes('b', 'c')), [`${future}-8`, `${future}-9`]);
  }),

  storeCase('stream-store#14: keeps any bytes, an empty entry and a large one', async ({ store }) => {
    const all = Buffer.from(Array.from({ length: 256 }, (_unused, index) => index));
    const large = Buffer.alloc(1024 * 1024, all);
    await store.append('s', [all, Buffer.alloc(0), large, Buffer.alloc(0)]);
    const entries = await readAll(store, 's');
    assert.deepEqual(
      entries.map(({ data }) => data.length),
      [256, 0, large.length, 0],
    );
    assert.ok(entries[0]?.data.equals(all) && entries[2]?.data.equals(large));
  }),

  storeCase('concurrent appends keep the order of their calls', async ({ store }) => {
    const answers = await Promise.all(numbers(300).map((data) => store.append('s', [data])));
    assertGrowing(answers.flat());
    assert.deepEqual(texts(await readAll(store, 's')), numbers(300).map(String));
  }),

  storeCase(
    'stream-store#12: one transaction goes to several streams, the IDs in the order of the batch',
    async ({ store }) => {
      const ids = await store.appendAll([
        { stream: 'a', data: Buffer.from('1') },
        { stream: 'b', data: Buffer.from('2') },
        { stream: 'a', data: Buffer.from('3') },
      ]);
      const [a, b] = [await readAll(store, 'a'), await readAll(store, 'b')];
      assert.deepEqual([texts(a), texts(b)], [['1', '3'], ['2']]);
      assert.deepEqual(ids, [a[0]?.id, b[0]?.id, a[1]?.id]);
    },
  ),

  storeCase('nothing appended is nothing made', async ({ store }) => {
    assert.deepEqual(await store.append('s', []), []);
    assert.deepEqual(await store.appendAll([]), []);
    assert.deepEqual(await store.list(), []);
    assert.equal(await store.describe('s'), undefined);
  }),

  storeCase('a name that no stream may have is refused, and nothing of its batch is stored', async ({ store }) => {
    const refused = { name: 'StreamNameError' };
    const long = 'ä'.repeat(300);
    for (const name of [
      '',
      '*',
      '.',
      '..',
      'a+b',
      'a/b',
      'a\u0000',
      'a\nb',
      'XMETA:s',
      '{millrace:a}:b',
      'a{millrace:b',
      long,
    ]) {
      await assert.rejects(store.append(name, bytes('x')), refused, JSON.stringify(name));
      const batch = ['good', name].map((stream) => ({ stream, data: Buffer.from('x') }));
      await assert.rejects(store.appendAll(batch), refused, JSON.stringify(name));
    }
    assert.deepEqual(await store.list(), []);
  }),

  storeCase('names of any other characters are streams of their own', async ({ store }) => {
    const names = [' ', '-', '...', '.a', 'a..', '{a}', 'a', 'a:b', 'camera 1', 'constructor', 'Ünï✓', '__proto__'];
    for (const name of names) await store.append(name, bytes(name));
    assert.deepEqual((await store.list()).sort(), [...names].sort());
    for (const name of names) assert.deepEqual(texts(await readAll(store, name)), [name]);
  }),

  storeCase(
    'more streams than the limit are refused; known ones go on',
    async ({ store }) => {
      await store.append('a', bytes('1'));
      await store.append('b', bytes('1'));
      await assert.rejects(store.append('c', bytes('1')), { code: 'TOO_MANY_REQUESTS' });
      await store.append('a', bytes('2'));
      assert.deepEqual(await store.list(), ['a', 'b']);
    },
    { limits: { maxStreams: 2 } },
  ),
];
