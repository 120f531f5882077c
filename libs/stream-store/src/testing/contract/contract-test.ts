import type { StreamStore } from '../../api/stream-store.js';
import type { StreamStoreDriver } from '../../api/stream-store.driver.js';
import type { StreamStoreOptions } from '../../stream-store.options.js';
import { storeContext } from '../store-context.js';

/** One empty storage, made for one test. */
export interface StorageUnderTest {
  /** Opens the storage; after a close it opens the same one again. */
  readonly driver: StreamStoreDriver;
  /** Removes the storage. */
  dispose?(): Promise<void>;
}

/** What a driver promises beyond the port. */
export interface StorageTraits {
  /** Entries, metadata and positions outlive `close()`. */
  readonly durable: boolean;
  /** Several stores may be open on one storage, and see each other's entries. */
  readonly shared: boolean;
}

/** The functions of a test runner (Jest, Vitest, `node:test`) that the suite declares its tests with. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>, timeout?: number) => void;
}

/** Options of the module that the store of a test is opened with. */
export type StoreSettings = Pick<StreamStoreOptions, 'retention' | 'limits'>;

/** What a test of the contract works with. */
export interface OpenStorage {
  /** Opened before the test; closed after it. */
  readonly store: StreamStore;
  /** Opens a further store on the same storage, or the same one anew after a close; closed after the test. */
  readonly open: (settings?: StoreSettings) => Promise<StreamStore>;
}

/** Declares one test, which gets an empty storage of its own. */
export type ContractTest = (
  title: string,
  body: (storage: OpenStorage) => Promise<void>,
  settings?: StoreSettings,
) => void;

export function contractTest(makeStorage: () => Promise<StorageUnderTest>, { it }: TestRunner): ContractTest {
  return (title, body, settings) => {
    it(title, async () => {
      const storage = await makeStorage();
      const opened: StreamStore[] = [];
      const open = async (wanted = settings) => {
        const store = await storage.driver.create(storeContext(wanted));
        opened.push(store);
        return store;
      };
      try {
        await body({ store: await open(), open });
      } finally {
        await Promise.all(opened.map((store) => store.close()));
        await storage.dispose?.();
      }
    });
  };
}
