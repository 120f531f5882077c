import assert from 'node:assert/strict';
import { casesOn, type ContractCase } from '@millrace/core/contract';
import type { SourceStore } from '../api/source-store.port.js';
import { SOURCE_SESSION_CASES } from './source-session-cases.js';

/** Makes stores of the kind under test. */
export interface SourceStoreSubject {
  /** An empty store that no other case has used. */
  create(): SourceStore | Promise<SourceStore>;
}

/** Makes stores whose documents outlive the process. */
export interface DurableSourceStoreSubject {
  /** An empty store. `again` makes another one on its data, as a new process would. */
  create(): DurableSourceStore | Promise<DurableSourceStore>;
}

interface DurableSourceStore {
  readonly store: SourceStore;
  again(this: void): SourceStore | Promise<SourceStore>;
}

const storeCase = casesOn(async (subject: SourceStoreSubject) => {
  const bench = await subject.create();
  return { bench, close: async () => bench.close?.() };
});

const durableCase = casesOn(async (subject: DurableSourceStoreSubject) => {
  const { store, again } = await subject.create();
  const opened = [store];
  const bench: DurableSourceStore = {
    store,
    again: async () => {
      const other = await again();
      opened.push(other);
      return other;
    },
  };
  return {
    bench,
    close: async () => {
      for (const each of opened) await each.close?.();
    },
  };
});

const ODD = 'a/../b: c*%2F"<grüße>…. ';

/**
 * What every `SourceStore` promises, one case for each promise, for any test runner.
 *
 * @example
 * ```ts
 * declareContract('my store', SOURCE_STORE_CONTRACT, { create: () => new MyStore() }); // of @millrace/core/contract
 * ```
 * @publicApi
 */
export const SOURCE_STORE_CONTRACT: readonly ContractCase<SourceStoreSubject>[] = [
  storeCase('knows nothing at first', async (store) => {
    // Copied: under Jest a list of Node's own has another prototype.
    assert.deepEqual([...(await store.names())], []);
    assert.equal(await store.get('a'), undefined);
    assert.equal(await store.delete('a'), false);
  }),

  storeCase('gives back what was put, under any name, sorted', async (store) => {
    await store.put('b', {});
    await store.put(ODD, { text: 'grüße', deep: { list: [1, null] } });
    await store.put('..', { dots: true });
    assert.deepEqual([...(await store.names())], ['b', ODD, '..'].sort());
    assert.deepEqual(await store.get(ODD), { text: 'grüße', deep: { list: [1, null] } });
    assert.deepEqual(await store.get('..'), { dots: true });
  }),

  storeCase('replaces and deletes', async (store) => {
    await store.put('a', { first: 1 });
    await store.put('a', { second: 2 });
    assert.deepEqual(await store.get('a'), { second: 2 });
    assert.equal(await store.delete('a'), true);
    assert.equal(await store.delete('a'), false);
    assert.equal(await store.get('a'), undefined);
  }),

  storeCase('is not changed through what it took or gave', async (store) => {
    const document: Record<string, unknown> = { a: 1 };
    await store.put('a', document);
    document['a'] = 2;
    const given = await store.get('a');
    if (given) given['a'] = 3;
    assert.deepEqual(await store.get('a'), { a: 1 });
  }),

  storeCase('takes many changes at once', async (store) => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.put('a', { index })));
    assert.deepEqual(await store.get('a'), { index: 19 });
  }),

  ...SOURCE_SESSION_CASES,
];

/** What a `SourceStore` promises beside {@link SOURCE_STORE_CONTRACT} when its documents outlive the process. */
export const DURABLE_SOURCE_STORE_CONTRACT: readonly ContractCase<DurableSourceStoreSubject>[] = [
  durableCase('keeps its documents over a restart', async ({ store, again }) => {
    await store.put(ODD, { kept: true });
    assert.deepEqual(await (await again()).get(ODD), { kept: true });
  }),
];
