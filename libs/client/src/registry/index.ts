export type {
  Connection,
  ConnectionChange,
  ConnectionEvent,
  ConnectionGap,
  ConnectionQuery,
  ConnectionSnapshot,
  FoundConnection,
} from '@millrace/protocol';
export type { Partition } from './connection.js';
export { KeptPublication } from './kept-publication.js';
export { Registry, type KeepOptions, type LookupQuery } from './registry.js';
export type { ConnectionWatchOptions } from './watch-connections.js';
