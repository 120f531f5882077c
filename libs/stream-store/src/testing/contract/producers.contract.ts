import assert from 'node:assert/strict';
import type { ProducerPosition, StreamStore } from '../../api/stream-store.js';
import { bytes, idsOf, numbers, readAll, texts, until } from './fixtures.js';
import { storeCase } from './store-case.js';

const at = (sequence: number, id = 'p', epoch = 0): { producer: ProducerPosition } => ({
  producer: { id, epoch, sequence },
});

const JUMP = { name: 'ProducerError', code: 'OUT_OF_SEQUENCE' };
const FENCED = { name: 'ProducerError', code: 'FORBIDDEN' };

/** Appends one entry after the other with another one behind each, so that no two IDs of the producer follow each other. */
async function appendAlternating(store: StreamStore, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (const [sequence, data] of numbers(count).entries()) {
    const [own] = await Promise.all([store.append('s', [data], at(sequence)), store.append('s', bytes('other'))]);
    ids.push(...own);
  }
  return ids;
}

export const producersContract = [
  storeCase(
    'stream-store#70: a repeat is answered with the IDs of the first, and nothing is stored',
    async ({ store }) => {
      const first = await store.append('s', bytes('a', 'b', 'c'), at(0));
      assert.deepEqual(await store.append('s', bytes('a', 'b', 'c'), at(0)), first);
      const second = await store.append('s', bytes('d'), at(3));
      assert.deepEqual(await store.append('s', bytes('b', 'c'), at(1)), first.slice(1));
      assert.deepEqual(await store.append('s', bytes('d'), at(3)), second);
      assert.deepEqual(texts(await readAll(store, 's')), ['a', 'b', 'c', 'd']);
      assert.deepEqual(idsOf(await readAll(store, 's')), [...first, ...second]);
      assert.equal((await store.describe('s'))?.entriesAdded, 4);
    },
  ),

  storeCase('stream-store#70: of a repeat in part only the rest is stored', async ({ store }) => {
    const [a = '', b = ''] = await store.append('s', bytes('a', 'b'), at(0));
    await store.append('s', bytes('other'));
    const ids = await store.append('s', bytes('a', 'b', 'c', 'd'), at(0));
    assert.deepEqual(ids.slice(0, 2), [a, b]);
    assert.deepEqual(await store.append('s', bytes('b', 'c', 'd', 'e', 'f'), at(1)).then((all) => all.slice(0, 3)), [
      b,
      ...ids.slice(2),
    ]);
    assert.deepEqual(texts(await readAll(store, 's')), ['a', 'b', 'other', 'c', 'd', 'e', 'f']);
  }),

  storeCase('stream-store#70: repeats that come while the first is under way are answered alike', async ({ store }) => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_unused, index) => store.append('s', numbers(10 + index), at(0))),
    );
    const stored = await readAll(store, 's');
    assert.deepEqual(texts(stored), numbers(29).map(String));
    for (const [index, ids] of answers.entries()) assert.deepEqual(ids, idsOf(stored).slice(0, 10 + index));
  }),

  storeCase('stream-store#70: appends to several streams know their producers apart', async ({ store }) => {
    await store.append('a', bytes('1'), at(0));
    await store.append('b', bytes('1'), at(0));
    await store.append('b', bytes('2'), at(1));
    await assert.rejects(store.append('a', bytes('x'), at(2)), JUMP);
    assert.deepEqual([texts(await readAll(store, 'a')), texts(await readAll(store, 'b'))], [['1'], ['1', '2']]);
  }),

  storeCase('stream-store#70: several producers append side by side, each in its order', async ({ store }) => {
    const names = ['p', 'q', 'r s'.replace(' ', '/'), '{r}:'];
    const rounds = Array.from({ length: 50 }, (_unused, round) => round);
    for (let repeat = 0; repeat < 2; repeat += 1) {
      await Promise.all(
        rounds.flatMap((round) => [
          ...names.map((name) => store.append('s', bytes(`${name} ${round}`), at(round, name))),
          ...(repeat === 0 ? [store.append('s', bytes(`plain ${round}`))] : []),
        ]),
      );
    }
    const stored = texts(await readAll(store, 's'));
    assert.equal(stored.length, 250);
    for (const name of [...names, 'plain']) {
      const own = stored.filter((text) => text.startsWith(`${name} `));
      assert.deepEqual(
        own,
        rounds.map((round) => `${name} ${round}`),
      );
    }
  }),

  storeCase(
    'stream-store#71: an append that leaves out numbers is refused, and says what is expected',
    async ({ store }) => {
      await store.append('s', bytes('a'), at(0));
      const refusal = { ...JUMP, expected: 1, producer: { id: 'p', epoch: 0, sequence: 2 } };
      await assert.rejects(store.append('s', bytes('c'), at(2)), refusal);
      const answers = await Promise.allSettled([
        store.append('s', bytes('d'), at(3)),
        store.append('s', bytes('b'), at(1)),
      ]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        ['rejected', 'fulfilled'],
      );
      assert.deepEqual(texts(await readAll(store, 's')), ['a', 'b']);
    },
  ),

  storeCase('stream-store#71: one that is not known may begin with any number', async ({ store }) => {
    const [id] = await store.append('s', bytes('a'), at(500, 'p', 7));
    assert.deepEqual(await store.append('s', bytes('a'), at(500, 'p', 7)), [id]);
    await store.append('s', bytes('b'), at(501, 'p', 7));
    await assert.rejects(store.append('s', bytes('z'), at(499, 'p', 7)), { name: 'ProducerError', code: 'CONFLICT' });
    assert.deepEqual(texts(await readAll(store, 's')), ['a', 'b']);
  }),

  storeCase('stream-store#71: what goes on from an append that is not there is refused', async ({ store }) => {
    const { producer } = at(1);
    const goesOn = { producer: { ...producer, continues: true } };
    await assert.rejects(store.append('s', bytes('b'), goesOn), { ...JUMP, expected: undefined });
    await store.append('s', bytes('other'));
    await assert.rejects(store.append('s', bytes('b'), goesOn), JUMP);
    const appends = [store.append('s', bytes('a'), at(0)), store.append('s', bytes('b'), goesOn)];
    assert.deepEqual((await Promise.all(appends)).flat(), idsOf(await readAll(store, 's')).slice(1));
    await store.delete(['s']);
    await assert.rejects(store.append('s', bytes('c'), { producer: { ...goesOn.producer, sequence: 2 } }), JUMP);
    assert.deepEqual(await store.list(), []);
  }),

  storeCase('stream-store#72: a greater epoch begins anew, and fences off the older one', async ({ store }) => {
    await store.append('s', bytes('a', 'b'), at(0));
    await assert.rejects(store.append('s', bytes('x'), at(2, 'p', 1)), { ...JUMP, expected: 0 });
    const [c = ''] = await store.append('s', bytes('c'), at(0, 'p', 1));
    for (const sequence of [0, 1, 2, 3])
      await assert.rejects(store.append('s', bytes('old'), at(sequence)), { ...FENCED, expected: 1 });
    assert.deepEqual(await store.append('s', bytes('c'), at(0, 'p', 1)), [c]);
    await store.append('s', bytes('d'), at(1, 'p', 1));
    await store.append('s', bytes('e'), at(0, 'p', 9));
    await assert.rejects(store.append('s', bytes('old'), at(2, 'p', 1)), { ...FENCED, expected: 9 });
    assert.deepEqual(texts(await readAll(store, 's')), ['a', 'b', 'c', 'd', 'e']);
  }),

  storeCase('stream-store#70: a deleted stream knows no producer any more', async ({ store }) => {
    const [old] = await store.append('s', bytes('a', 'b'), at(0, 'p', 3));
    await store.delete(['s']);
    assert.notDeepEqual(await store.append('s', bytes('a'), at(0)), [old]);
    await store.delete(['s']);
    await store.append('s', bytes('new'));
    await store.append('s', bytes('c'), at(5));
    assert.deepEqual(texts(await readAll(store, 's')), ['new', 'c']);
  }),

  storeCase(
    'stream-store#70: a repeat of entries that retention has removed is answered with their IDs',
    async ({ store }) => {
      const first = await store.append('s', numbers(50), at(0));
      for (let from = 50; from < 500; from += 50) await store.append('s', numbers(from + 50, from), at(from));
      await until('a trim', async () => (await readAll(store, 's')).length < 400);
      assert.deepEqual(await store.append('s', numbers(50), at(0)), first);
      assert.equal((await store.describe('s'))?.entriesAdded, 500);
    },
    { retention: { maxLength: 10 } },
  ),

  storeCase(
    'stream-store#73: the IDs of the newest 1024 appends are known; an older repeat is refused',
    async ({ store }) => {
      const ids = await appendAlternating(store, 1100);
      const newest = ids.slice(-1024);
      assert.deepEqual(await store.append('s', numbers(1100, 76), at(76)), newest);
      await assert.rejects(store.append('s', bytes('0'), at(0)), { name: 'ProducerError', code: 'CONFLICT' });
      await assert.rejects(store.append('s', numbers(1101), at(0)), { name: 'ProducerError', code: 'CONFLICT' });
      await store.append('s', bytes('next'), at(1100));
      assert.equal((await store.describe('s'))?.entriesAdded, 2201);
    },
    { retention: { maxLength: 100_000 } },
  ),

  storeCase(
    'stream-store#73: of more than 1000 producers the one that is silent longest is forgotten',
    async ({ store }) => {
      await store.append('s', bytes('first'), at(0, 'first'));
      await store.append('s', bytes('second'), at(0, 'second'));
      for (let from = 0; from < 1100; from += 100)
        await Promise.all(
          numbers(from + 100, from).map((name) => store.append('s', [name], at(0, `n${String(name)}`))),
        );
      await assert.rejects(store.append('s', bytes('x'), at(2, 'n1099')), JUMP);
      // Both are new ones now, and may begin with any number.
      await store.append('s', bytes('x'), at(7, 'first'));
      await store.append('s', bytes('x'), at(7, 'second'));
    },
  ),

  storeCase('stream-store#70: a stream that has ended answers repeats, and takes nothing more', async ({ store }) => {
    const ids = await store.append('s', bytes('a', 'b'), at(0));
    await store.end('s');
    assert.deepEqual(await store.append('s', bytes('a', 'b'), at(0)), ids);
    await assert.rejects(store.append('s', bytes('c'), at(2)), { name: 'StreamEndedError' });
    const answers = await Promise.allSettled([
      store.append('s', bytes('b'), at(1)),
      store.append('s', bytes('b', 'c'), at(1)),
      store.append('s', bytes('a'), at(0)),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(texts(await readAll(store, 's')), ['a', 'b']);
  }),

  storeCase('streams of any name have producers', async ({ store }) => {
    const names = [' ', '{a}', 'a', 'a:b', '{}', 'a{}b', '}{', '{a}}', 'constructor', 'Ünï✓', '__proto__'];
    for (const name of names) {
      const ids = await store.append(name, bytes('a', 'b'), at(0, '__proto__'));
      assert.deepEqual(await store.append(name, bytes('b'), at(1, '__proto__')), ids.slice(1));
      await store.append(name, bytes('c'), at(0, 'constructor'));
      assert.deepEqual(texts(await readAll(store, name)), ['a', 'b', 'c']);
    }
    await store.delete(names);
    for (const name of names) await store.append(name, bytes('d'), at(9, '__proto__'));
    assert.deepEqual((await store.list()).sort(), [...names].sort());
  }),

  storeCase('what cannot be a producer is refused, and nothing is stored', async ({ store }) => {
    const refused = { code: 'BAD_REQUEST' };
    for (const id of ['', ' ', 'ä', 'a b', 'x'.repeat(129)])
      await assert.rejects(store.append('s', bytes('x'), at(0, id)), refused);
    for (const number of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      await assert.rejects(store.append('s', bytes('x'), at(number)), refused);
      await assert.rejects(store.append('s', bytes('x'), at(0, 'p', number)), refused);
    }
    await assert.rejects(store.append('s', bytes('x', 'y'), at(Number.MAX_SAFE_INTEGER)), refused);
    const entry = { stream: 's', data: Buffer.from('x') };
    await assert.rejects(store.appendAll([entry, { ...entry, stream: 't' }], at(0)), refused);
    await assert.rejects(store.appendAll([{ ...entry, id: '5-0' }], at(0)), refused);
    assert.deepEqual(await store.append('s', [], at(0)), []);
    assert.deepEqual(await store.list(), []);
    await store.appendAll([entry], at(0));
    await store.appendAll([entry], at(0));
    assert.equal((await readAll(store, 's')).length, 1);
  }),
];

export const durableProducersContract = [
  storeCase('stream-store#70: producers are still known', async ({ store, open }) => {
    const ids = await store.append('s', bytes('a', 'b'), at(0, 'p', 2));
    const other = await store.append('s', bytes('c'), at(0, 'other'));
    await store.append('gone', bytes('x'), at(0));
    await store.delete(['gone']);
    await store.close();
    const again = await open();
    assert.deepEqual(await again.append('s', bytes('c'), at(0, 'other')), other);
    await assert.rejects(again.append('s', bytes('x'), at(5, 'p', 2)), { ...JUMP, expected: 2 });
    await assert.rejects(again.append('s', bytes('x'), at(2, 'p', 1)), FENCED);
    const all = await again.append('s', bytes('a', 'b', 'd'), at(0, 'p', 2));
    assert.deepEqual(all.slice(0, 2), ids);
    assert.deepEqual(await again.append('s', bytes('b', 'd'), at(1, 'p', 2)), all.slice(1));
    await again.append('gone', bytes('y'), at(9));
    assert.deepEqual(texts(await readAll(again, 's')), ['a', 'b', 'c', 'd']);
  }),

  storeCase(
    'stream-store#73: the IDs of the newest 1024 appends are still known',
    async ({ store, open }) => {
      const ids = await appendAlternating(store, 1100);
      await store.close();
      const again = await open();
      assert.deepEqual(await again.append('s', numbers(1100, 76), at(76)), ids.slice(-1024));
      await assert.rejects(again.append('s', bytes('0'), at(0)), { code: 'CONFLICT' });
    },
    { retention: { maxLength: 100_000 } },
  ),
];

export const sharedProducersContract = [
  storeCase(
    'stream-store#70: what one has stored, another answers when it is repeated there',
    async ({ store, open }) => {
      const other = await open();
      const first = await store.append('s', bytes('a', 'b'), at(0));
      assert.deepEqual((await other.append('s', bytes('a', 'b', 'c'), at(0))).slice(0, 2), first);
      const answers = await Promise.all(
        [store, other, store, other].flatMap((one) =>
          numbers(40).map((data, index) => one.append('s', [data], at(3 + index)).catch(() => undefined)),
        ),
      );
      const stored = await readAll(store, 's');
      assert.deepEqual(texts(stored).slice(3), numbers(40).map(String));
      for (const [index, ids] of answers.entries()) if (ids) assert.deepEqual(ids, [idsOf(stored)[3 + (index % 40)]]);
      await other.append('s', bytes('new'), at(0, 'p', 1));
      await assert.rejects(store.append('s', bytes('old'), at(43)), FENCED);
      await other.delete(['s']);
      await store.append('s', bytes('anew'), at(17));
      assert.deepEqual(texts(await readAll(other, 's')), ['anew']);
    },
  ),
];
