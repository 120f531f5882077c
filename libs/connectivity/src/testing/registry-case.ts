import { casesOn } from '@millrace/core/contract';
import { objectSchema } from '@millrace/core/options';
import type { ConnectionRegistry } from '../api/connection-registry.js';
import type { RegistrySettings } from '../api/registry-driver.js';
import { LIMITS } from '../connectivity.limits.js';

/** Makes registries of the driver under test; each must be empty and share nothing with the others. */
export interface RegistrySubject {
  create(settings: RegistrySettings): Promise<ConnectionRegistry>;
}

/** What a case asks for; the rest is filled in. */
export type ContractSettings = Partial<Omit<RegistrySettings, 'limits'>> & {
  readonly limits?: Partial<RegistrySettings['limits']>;
};

/** Small ones, so that a case soon passes them. */
const SMALL = {
  maxPartitions: 100,
  maxConnections: 5000,
  maxResults: 1000,
  maxReplyCacheBytes: 1024 * 1024,
  maxHistory: 1000,
  maxWatchers: 10,
};

/** Settings for a test; times in milliseconds. */
export function contractSettings({ limits, ...more }: ContractSettings = {}): RegistrySettings {
  return { ttl: 60_000, grace: 60_000, ...more, limits: objectSchema(LIMITS).parse({ ...SMALL, ...limits }) };
}

/** A case gets a registry of its own, which is closed afterwards. */
export const registryCase = casesOn(async (subject: RegistrySubject, settings?: ContractSettings) => {
  const registry = await subject.create(contractSettings(settings));
  return { bench: registry, close: () => registry.close() };
});
