import type { ContractCase } from './contract-case.js';

/** The functions of a test runner that declare tests: those of Jest, of Vitest, of `node:test`. */
export interface TestRunner {
  describe(this: void, name: string, body: () => void): unknown;
  it(this: void, name: string, body: () => Promise<void>): unknown;
}

/** The cases of a contract: in a list, or in groups by their titles. */
export type Contract<Subject> = readonly ContractCase<Subject>[] | ContractGroups<Subject>;
export type ContractGroups<Subject> = Readonly<Record<string, readonly ContractCase<Subject>[]>>;

/**
 * Declares a test for each case of a contract.
 *
 * @param title what stands above the tests in the report, for example `memoryStore: the contract of a stream store`
 * @param subject the driver under test
 * @param runner by default the globals `describe` and `it`; of `node:test` and of Vitest without globals, give them
 * @example
 * ```ts
 * import { describe, it } from 'node:test';
 * declareContract('my store', API_KEY_STORE_CONTRACT, { create: async () => … }, { describe, it });
 * ```
 */
export function declareContract<Subject>(
  title: string,
  contract: Contract<Subject>,
  subject: Subject,
  runner: TestRunner = globalRunner(),
): void {
  const declare = (cases: readonly ContractCase<Subject>[]): void => {
    for (const { name, run } of cases) runner.it(name, () => run(subject));
  };
  runner.describe(title, () => {
    if (isList(contract)) declare(contract);
    else for (const [group, cases] of Object.entries(contract)) runner.describe(group, () => declare(cases));
  });
}

function isList<Subject>(contract: Contract<Subject>): contract is readonly ContractCase<Subject>[] {
  return Array.isArray(contract);
}

function globalRunner(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (!describe || !it) {
    throw new TypeError('declareContract: this test runner has no globals; give { describe, it } as the last argument');
  }
  return { describe, it };
}
