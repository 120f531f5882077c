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
