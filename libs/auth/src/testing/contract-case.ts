import type { ApiKeyStore } from '../api/api-key-store.js';

/** Makes stores of the kind under test. */
export interface ContractSubject {
  /**
   * A store on empty ground which no other case has stood on. `again` opens the same ground once more, as another process
   * would.
   */
  create(): Promise<{ readonly store: ApiKeyStore; again(): Promise<ApiKeyStore> }>;
}

/** One promise of the port. `run` rejects when it is broken; any test runner will do. */
export interface ContractCase {
  readonly name: string;
  readonly run: (subject: ContractSubject) => Promise<void>;
}

/** A case that gets a store of its own, and a second one on the same ground; both are closed afterwards. */
export function contractCase(
  name: string,
  work: (store: ApiKeyStore, other: ApiKeyStore) => Promise<void>,
): ContractCase {
  return {
    name,
    run: async (subject) => {
      const ground = await subject.create();
      const { store } = ground;
      const other = await ground.again();
      try {
        await work(store, other);
      } finally {
        await store.close?.();
        await other.close?.();
      }
    },
  };
}
