export type { PullOptions } from './pull-entries.js';
export { StreamClosedError } from './stream-closed.error.js';
export type { StreamEntry } from './stream-entry.js';
export type { StreamsOptions } from './stream-link.js';
export { StreamPusher, type PushOptions } from './stream-pusher.js';
