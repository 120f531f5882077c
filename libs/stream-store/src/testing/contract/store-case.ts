import { casesOn } from '@millrace/core/contract';
import type { StreamStore } from '../../api/stream-store.js';
import { STREAM_STORE_OPTIONS, type StreamStoreDriver, type StreamStoreOptions } from '../../stream-store.options.js';

/** Makes storages of the kind under test. */
export interface StreamStoreSubject {
  /** An empty storage that no other case has used. */
  create(): Promise<StorageUnderTest>;
}

export interface StorageUnderTest {
  /** Opens the storage; after a close it opens the same one again. */
  readonly driver: StreamStoreDriver;
  /** Removes the storage. */
  dispose?(): Promise<void>;
}

/** Options of the module that the store of a case is opened with. */
type StoreSettings = Pick<StreamStoreOptions, 'retention' | 'limits'>;

/** What a case works with. */
interface OpenStorage {
  /** Opened before the case; closed after it. */
  readonly store: StreamStore;
  /** Opens a further store on the same storage, or the same one anew after a close; closed after the case. */
  readonly open: (settings?: StoreSettings) => Promise<StreamStore>;
}

/** A case gets an empty storage of its own, and a store that is open on it. */
export const storeCase = casesOn<StreamStoreSubject, OpenStorage, StoreSettings>(async (subject, settings) => {
  const storage = await subject.create();
  const opened: StreamStore[] = [];
  const open = async (wanted = settings): Promise<StreamStore> => {
    const store = await storage.driver.create(storeContext(wanted));
    opened.push(store);
    return store;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((store) => store.close()));
    await storage.dispose?.();
  };
  return { bench: { store: await open(), open }, close };
});

/**
 * What the module hands to a driver, with every default filled in: opens a store without a Nest application.
 *
 * @example
 * ```ts
 * const store = await memoryStore().create(storeContext({ retention: { maxLength: 10 } }));
 * ```
 */
export function storeContext(
  options: Pick<StreamStoreOptions, 'retention' | 'limits'> = {},
): Parameters<StreamStoreDriver['create']>[0] {
  const { retention, limits } = STREAM_STORE_OPTIONS.read(options);
  return { retention, limits };
}
