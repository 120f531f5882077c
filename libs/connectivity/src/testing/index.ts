import type { ContractCase } from './contract-case.js';
import { LOOKUP_CASES } from './lookup-cases.js';
import { PUBLISH_CASES } from './publish-cases.js';
import { RETRACT_CASES } from './retract-cases.js';
import { WATCH_CASES } from './watch-cases.js';

export { type ContractCase, type ContractSubject, contractSettings } from './contract-case.js';

/**
 * What every driver of `ConnectionRegistry` promises, one case for each promise, for any test runner.
 *
 * @example
 * ```ts
 * describe('my registry', () => {
 *   it.each([...REGISTRY_CONTRACT])('$name', ({ run }) => run({ create: (settings) => myRegistry().create(settings) }));
 * });
 * ```
 * @publicApi
 */
export const REGISTRY_CONTRACT: readonly ContractCase[] = [
  ...PUBLISH_CASES,
  ...LOOKUP_CASES,
  ...RETRACT_CASES,
  ...WATCH_CASES,
];
