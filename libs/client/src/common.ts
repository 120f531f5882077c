// What the entries for Node and for browsers share.
export * from './errors/index.js';
export * from './profiles/index.js';
export * from './rpc/index.js';
export type { Duration } from '@millrace/protocol';
export * from './streams/index.js';
export * from './millrace/index.js';
export * from './registry/index.js';
export * from './sources/index.js';
export type { CallLimits } from './timing/call-limits.js';
