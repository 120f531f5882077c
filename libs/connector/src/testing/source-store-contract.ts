import type { SourceStore } from '../api/source-store.port.js';

interface TestRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
}

/**
 * The contract suite of source stores; runs under Jest, Vitest or any runner with `describe` and `it`.
 *
 * @param open makes an empty store for each test
 * @param reopen makes a second store on the data of the first, where the driver keeps any
 */
export function describeSourceStoreContract(
  name: string,
  open: () => SourceStore | Promise<SourceStore>,
  reopen?: (store: SourceStore) => SourceStore | Promise<SourceStore>,
): void {
  const { describe, it } = globalThis as unknown as TestRunner;
  const odd = 'a/../b: c*%2F"<grüße>…. ';

  describe(`the source store contract: ${name}`, () => {
    it('knows nothing at first', async () => {
      const store = await open();
      same([await store.names(), (await store.get('a')) ?? 'none', await store.delete('a')], [[], 'none', false]);
    });

    it('gives back what was put, under any name, sorted', async () => {
      const store = await open();
      await store.put('b', {});
      await store.put(odd, { text: 'grüße', deep: { list: [1, null] } });
      await store.put('..', { dots: true });
      same(await store.names(), ['b', odd, '..'].sort());
      same(await store.get(odd), { text: 'grüße', deep: { list: [1, null] } });
      same(await store.get('..'), { dots: true });
    });

    it('replaces and deletes', async () => {
      const store = await open();
      await store.put('a', { first: 1 });
      await store.put('a', { second: 2 });
      same(await store.get('a'), { second: 2 });
      same([await store.delete('a'), await store.delete('a'), (await store.get('a')) ?? 'none'], [true, false, 'none']);
    });

    it('is not changed through what it took or gave', async () => {
      const store = await open();
      const document: Record<string, unknown> = { a: 1 };
      await store.put('a', document);
      document['a'] = 2;
      const given = await store.get('a');
      if (given) given['a'] = 3;
      same(await store.get('a'), { a: 1 });
    });

    it('takes many changes at once', async () => {
      const store = await open();
      await Promise.all(Array.from({ length: 20 }, (_, index) => store.put('a', { index })));
      same(await store.get('a'), { index: 19 });
    });

    if (reopen) {
      it('keeps its documents over a restart', async () => {
        const store = await open();
        await store.put(odd, { kept: true });
        const again = await reopen(store);
        same(await again.get(odd), { kept: true });
      });
    }
  });
}

function same(actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`Expected ${right}, got ${left}`);
}
