export type { PullOptions } from './pull-entries.js';
export { StreamClosedError } from './stream-closed.error.js';
export type { StreamEntry } from './stream-entry.js';
export type { DeletedStream, StreamInfo, StreamMetadata } from './stream-info.js';
export { Stream } from './stream.js';
export { StreamPusher, type PushOptions } from './stream-pusher.js';
export { StreamsApi, type SetMetadataOptions } from './streams-api.js';
export type { StreamsOptions } from './streams-options.js';
