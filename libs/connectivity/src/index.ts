export { ConnectivityModule } from './connectivity.module.js';
export { ConnectivityService } from './connectivity.service.js';
export { ConnectionPublisher } from './publisher/connection-publisher.js';
export type { ConnectivityExtras } from './connectivity.module-definition.js';
export type { ConnectivityLimits, ConnectivityOptions } from './connectivity.options.js';
export type { ConnectivityPaths } from './connectivity.paths.js';
export {
  ConnectionNotFoundError,
  NotPublisherError,
  PartitionNotFoundError,
  PatternError,
  RegistryFullError,
  ResultTooLargeError,
} from './errors/connectivity.errors.js';
export { memoryRegistry } from './memory/memory-registry.js';
export type { Actor } from './registry/actor.js';
export type {
  ChangeType,
  ConnectionChange,
  ConnectionGap,
  ConnectionSnapshot,
  WatchEvent,
  WatchOptions,
} from './registry/connection-change.js';
export { ConnectionEntry } from './registry/connection-entry.js';
export { type Connection, ConnectionType } from './registry/connection.js';
export type { ConnectionQuery } from './registry/connection-query.js';
export { ConnectionRegistry } from './registry/connection-registry.js';
export type { ListedConnection } from './registry/listed-connection.js';
export type { RegistryDriver, RegistrySettings } from './registry/registry-driver.js';
export type { CallStatistics, PartitionSummary, RegistryStatistics } from './registry/registry-statistics.js';
export { connectivityOpenApi, type OpenApiFragment } from './docs/connectivity-openapi.js';
