export {
  type OpenStorage,
  type StorageTraits,
  type StorageUnderTest,
  type StoreSettings,
  type TestRunner,
} from './contract/contract-test.js';
export { storeContext } from './store-context.js';
export { streamStoreContract } from './stream-store.contract.js';
