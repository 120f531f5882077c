import type { ConnectivityLimits } from '../connectivity.limits.js';
import type { ConnectionRegistry } from './connection-registry.js';

/** What a module tells its registry. Times are milliseconds. */
export interface RegistrySettings {
  /** How long a connection lives after a publication. */
  readonly ttl: number;
  /** How long an expired connection stays retractable. */
  readonly grace: number;
  readonly limits: ConnectivityLimits;
}

/** Makes a registry; given by `memoryRegistry()`, `redisRegistry(…)` or a host's own. */
export interface RegistryDriver {
  create(settings: RegistrySettings): ConnectionRegistry | Promise<ConnectionRegistry>;
}
