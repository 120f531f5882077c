export type { StorageUnderTest, StreamStoreSubject } from './contract/store-case.js';
export { storeContext } from './contract/store-case.js';
export {
  DURABLE_STREAM_STORE_CONTRACT,
  SHARED_STREAM_STORE_CONTRACT,
  STREAM_STORE_CONTRACT,
} from './stream-store.contract.js';
