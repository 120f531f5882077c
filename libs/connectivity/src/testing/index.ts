import type { ContractCase } from '@millrace/core/contract';
import { LIST_CASES } from './list-cases.js';
import { LOOKUP_CASES } from './lookup-cases.js';
import { PUBLISH_CASES } from './publish-cases.js';
import type { RegistrySubject } from './registry-case.js';
import { RETRACT_CASES } from './retract-cases.js';
import { WATCH_CASES } from './watch-cases.js';

export { contractSettings, type RegistrySubject } from './registry-case.js';

/**
 * What every driver of `ConnectionRegistry` promises, one case for each promise, for any test runner.
 *
 * @example
 * ```ts
 * import { declareContract } from '@millrace/core/contract';
 *
 * declareContract('my registry', REGISTRY_CONTRACT, { create: async (settings) => myRegistry().create(settings) });
 * ```
 * @publicApi
 */
export const REGISTRY_CONTRACT: readonly ContractCase<RegistrySubject>[] = [
  ...PUBLISH_CASES,
  ...LOOKUP_CASES,
  ...LIST_CASES,
  ...RETRACT_CASES,
  ...WATCH_CASES,
];
