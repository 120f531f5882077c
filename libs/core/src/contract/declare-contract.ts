/** One promise of a port. `run` rejects when it is broken; any test runner will do. */
export interface ContractCase<Subject> {
  readonly name: string;
  readonly run: (this: void, subject: Subject) => Promise<void>;
}

/** What one case works with, and how to put it away. */
export interface OpenBench<Bench> {
  readonly bench: Bench;
  close(): Promise<unknown>;
}

/**
 * Makes cases that each get a bench of their own, which is put away afterwards, also when the case fails.
 *
 * @param open prepares the bench out of the subject under test; `settings` are what the case asks for
 * @example
 * ```ts
 * const storeCase = casesOn(async (subject: StoreSubject) => {
 *   const store = await subject.create();
 *   return { bench: store, close: () => store.close() };
 * });
 * const CASES = [storeCase('begins empty', async (store) => assert.deepEqual(await store.list(), []))];
 * ```
 */
export function casesOn<Subject, Bench, Settings = never>(
  open: (subject: Subject, settings?: Settings) => Promise<OpenBench<Bench>>,
): (name: string, work: (bench: Bench) => Promise<void>, settings?: Settings) => ContractCase<Subject> {
  return (name, work, settings) => ({
    name,
    run: async (subject) => {
      const opened = await open(subject, settings);
      try {
        await work(opened.bench);
      } finally {
        await opened.close();
      }
    },
  });
}

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
