import type { ContractGroups } from '@millrace/core/contract';
import { appendContract } from './contract/append.contract.js';
import { beginningContract, durableBeginningContract, sharedBeginningContract } from './contract/beginning.contract.js';
import { deleteContract, serviceContract } from './contract/delete.contract.js';
import { durableEndContract, endContract, sharedEndContract } from './contract/end.contract.js';
import { describeContract, readContract } from './contract/read.contract.js';
import { durableContract, sharedContract } from './contract/durable.contract.js';
import { followContract } from './contract/follow.contract.js';
import { metadataContract } from './contract/metadata.contract.js';
import { groupFailuresContract } from './contract/group-failures.contract.js';
import { groupsContract } from './contract/groups.contract.js';
import { keptGroupsContract, sharedGroupsContract } from './contract/kept-groups.contract.js';
import { movedGroupsContract } from './contract/moved-groups.contract.js';
import { ownIdContract } from './contract/own-id.contract.js';
import { durableProducersContract, producersContract, sharedProducersContract } from './contract/producers.contract.js';
import { retentionContract } from './contract/retention.contract.js';
import { commonSharesContract, keptSharesContract, sharesContract } from './contract/shares.contract.js';
import { summariesContract } from './contract/summaries.contract.js';
import type { StreamStoreSubject } from './contract/store-case.js';

export { type StorageUnderTest, storeContext, type StreamStoreSubject } from './contract/store-case.js';

/**
 * What every driver of the stream store promises, one case for each promise, for any test runner.
 *
 * @example
 * ```ts
 * // declareContract is of @millrace/core/contract
 * declareContract('my store', STREAM_STORE_CONTRACT, { create: async () => ({ driver: myStore() }) });
 * ```
 * @publicApi
 */
export const STREAM_STORE_CONTRACT: ContractGroups<StreamStoreSubject> = {
  append: appendContract,
  'own IDs': ownIdContract,
  producers: producersContract,
  reading: readContract,
  following: followContract,
  retention: retentionContract,
  metadata: metadataContract,
  shares: sharesContract,
  description: describeContract,
  'numbers of many': summariesContract,
  deletion: deleteContract,
  beginnings: beginningContract,
  end: endContract,
  service: serviceContract,
  groups: [...groupsContract, ...groupFailuresContract, ...movedGroupsContract],
};

/**
 * What a driver promises as well whose entries, metadata and groups outlive `close()`.
 *
 * @publicApi
 */
export const DURABLE_STREAM_STORE_CONTRACT: ContractGroups<StreamStoreSubject> = {
  'after a restart': [
    ...durableContract,
    ...durableBeginningContract,
    ...durableEndContract,
    ...keptSharesContract,
    ...durableProducersContract,
    ...keptGroupsContract,
  ],
};

/**
 * What a driver promises as well whose stores may be open on one storage at the same time.
 *
 * @publicApi
 */
export const SHARED_STREAM_STORE_CONTRACT: ContractGroups<StreamStoreSubject> = {
  'several stores on one storage': [
    ...sharedContract,
    ...sharedBeginningContract,
    ...sharedEndContract,
    ...commonSharesContract,
    ...sharedProducersContract,
    ...sharedGroupsContract,
  ],
};
