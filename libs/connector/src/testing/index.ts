export { describeOutboxContract, type OutboxContractOptions } from './outbox-contract.js';
export { describeSourceStoreContract } from './source-store-contract.js';
