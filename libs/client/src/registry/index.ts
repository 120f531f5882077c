export type { Connection, ConnectionQuery, FoundConnection, Partition } from './connection.js';
export { KeptPublication } from './kept-publication.js';
export { Registry, type KeepOptions, type LookupQuery } from './registry.js';
export type { WatchOptions } from './watch-connections.js';
export type { ConnectionChange, ConnectionEvent, ConnectionGap, ConnectionSnapshot } from './watch-event.js';
