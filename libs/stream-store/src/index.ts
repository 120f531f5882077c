export { StreamStoreModule } from './stream-store.module.js';
export { StreamStore } from './api/stream-store.js';
export {
  ZERO_ID,
  type DeletedStream,
  type EntryId,
  type NewEntry,
  type ReadLimit,
  type ReadResult,
  type StreamDescription,
  type StoredEntry,
  type StreamGap,
  type StreamMetadata,
} from './api/stream-entry.js';
export type { FollowedBatch, FollowerLag, FollowOptions, StreamFollower } from './api/stream-follower.js';
export { EntryIdError, StoreFullError, StoreUnavailableError, StreamNameError } from './api/store.errors.js';
export { OnEntry, OnGap, StreamConsumer, type StreamConsumerOptions } from './api/stream-consumer.decorator.js';
export { embeddedStore } from './stores/embedded/embedded.driver.js';
export type { EmbeddedStoreOptions } from './stores/embedded/embedded.options.js';
export { memoryStore } from './stores/memory/memory.store.js';
export type { StreamRetention } from './api/stream-store.driver.js';
export type { StreamLimits } from './api/stream-store.driver.js';
export type { StreamStoreDriver } from './api/stream-store.driver.js';
export type { StreamStoreOptions } from './stream-store.options.js';
export { StreamStatistics } from './api/stream-statistics.js';
export { streamsOpenApi } from './http/openapi/streams-openapi.js';
