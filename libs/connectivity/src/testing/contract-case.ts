import type { ConnectionRegistry } from '../api/connection-registry.js';
import type { RegistrySettings } from '../api/registry-driver.js';

/** Makes registries of the driver under test; each must be empty and share nothing with the others. */
export interface ContractSubject {
  create(settings: RegistrySettings): Promise<ConnectionRegistry>;
}

/** One promise of the port. `run` rejects when it is broken; any test runner will do. */
export interface ContractCase {
  readonly name: string;
  readonly run: (subject: ContractSubject) => Promise<void>;
}

const LIMITS: RegistrySettings['limits'] = {
  maxBodyBytes: 16 * 1024 * 1024,
  maxPublish: 20_000,
  maxPartitions: 100,
  maxConnections: 5000,
  maxNameLength: 1024,
  maxUriLength: 4096,
  maxPatternLength: 1024,
  maxPatternSteps: 2_000_000,
  maxResults: 1000,
  maxReplyCacheBytes: 1024 * 1024,
  maxHistory: 1000,
  maxWatchers: 10,
  maxBufferedBytes: 64 * 1024,
};

/** Settings for a test; times in milliseconds. */
export function contractSettings(
  more: Partial<Omit<RegistrySettings, 'limits'>> & { limits?: Partial<RegistrySettings['limits']> } = {},
): RegistrySettings {
  return { ttl: 60_000, grace: 60_000, ...more, limits: { ...LIMITS, ...more.limits } };
}

/** A case that gets a registry of its own, which is closed afterwards. */
export function contractCase(
  name: string,
  settings: Parameters<typeof contractSettings>[0],
  work: (registry: ConnectionRegistry) => Promise<void>,
): ContractCase {
  return {
    name,
    run: async (subject) => {
      const registry = await subject.create(contractSettings(settings));
      try {
        await work(registry);
      } finally {
        await registry.close();
      }
    },
  };
}
