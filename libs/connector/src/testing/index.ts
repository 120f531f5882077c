export { DURABLE_OUTBOX_CONTRACT, OUTBOX_CONTRACT, type OutboxSubject } from './outbox-contract.js';
export {
  DURABLE_SOURCE_STORE_CONTRACT,
  type DurableSourceStoreSubject,
  SOURCE_STORE_CONTRACT,
  type SourceStoreSubject,
} from './source-store-contract.js';
