// What the entries for Node and for browsers share.
export * from './errors/index.js';
export * from './profiles/index.js';
export * from './rpc/index.js';
export type { Duration } from './timing/duration.js';
export * from './streams/index.js';
