export { type Connection, type ConnectionQuery, ConnectionType } from '@millrace/protocol';
export { ConnectivityModule } from './connectivity.module.js';
export { ConnectivityService } from './api/connectivity.service.js';
export { ConnectionPublisher } from './api/connection-publisher.js';
export type { ConnectivityLimits } from './connectivity.limits.js';
export type { ConnectivityOptions } from './connectivity.options.js';
export {
  ConnectionNotFoundError,
  NotPublisherError,
  PartitionNotFoundError,
  PatternError,
  RegistryFullError,
  ResultTooLargeError,
} from './api/connectivity.errors.js';
export { memoryRegistry } from './stores/memory/memory-registry.js';
export type { Actor } from './api/connection-registry.js';
export type { WatchEvent, WatchOptions } from './api/connection-registry.js';
export { ConnectionEntry } from './api/connection-entry.js';
export { ConnectionRegistry } from './api/connection-registry.js';
export type { ListedConnection, ListQuery } from './api/connection-registry.js';
export type { RegistryDriver, RegistrySettings } from './api/registry-driver.js';
export type { PartitionSummary, RegistryStatistics } from './api/connection-registry.js';
export { connectivityOpenApi } from './http/connectivity-openapi.js';
