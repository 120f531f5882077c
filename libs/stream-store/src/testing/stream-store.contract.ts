import { appendContract } from './contract/append.contract.js';
import { contractTest, type StorageTraits, type StorageUnderTest, type TestRunner } from './contract/contract-test.js';
import { deleteContract } from './contract/delete.contract.js';
import { describeContract } from './contract/describe.contract.js';
import { durableContract } from './contract/durable.contract.js';
import { followContract } from './contract/follow.contract.js';
import { metadataContract } from './contract/metadata.contract.js';
import { ownIdContract } from './contract/own-id.contract.js';
import { readContract } from './contract/read.contract.js';
import { retentionContract } from './contract/retention.contract.js';
import { serviceContract } from './contract/service.contract.js';
import { sharedContract } from './contract/shared.contract.js';

/**
 * Declares the tests that every driver of the stream store passes; write a driver of your own against it.
 *
 * @param name what the driver is called in the report
 * @param makeStorage makes an empty storage; called once a test
 * @param traits what the driver promises beyond the port
 * @param runner `describe` and `it`; by default the globals of the test runner
 * @example
 * ```ts
 * streamStoreContract('memoryStore', async () => ({ driver: memoryStore() }), { durable: false, shared: false });
 * ```
 * @publicApi
 */
export function streamStoreContract(
  name: string,
  makeStorage: () => Promise<StorageUnderTest>,
  traits: StorageTraits,
  runner: TestRunner = globalRunner(),
): void {
  const test = contractTest(makeStorage, runner);
  const group = (title: string, declare: (test: Parameters<typeof appendContract>[0]) => void) =>
    runner.describe(title, () => declare(test));
  runner.describe(`${name}: the contract of a stream store`, () => {
    group('append', appendContract);
    group('own IDs', ownIdContract);
    group('reading', readContract);
    group('following', followContract);
    group('retention', retentionContract);
    group('metadata', metadataContract);
    group('description', describeContract);
    group('deletion', deleteContract);
    group('service', serviceContract);
    if (traits.durable) group('after a restart', durableContract);
    if (traits.shared) group('several stores on one storage', sharedContract);
  });
}

function globalRunner(): TestRunner {
  const globals: unknown = globalThis;
  return globals as TestRunner;
}
