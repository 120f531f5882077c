export { StreamStoreModule } from './stream-store.module.js';
export { StreamStore } from './store/stream-store.js';
export {
  ZERO_ID,
  type DeletedStream,
  type EntryId,
  type NewEntry,
  type ReadLimit,
  type ReadResult,
  type StreamDescription,
  type StreamEntry,
  type StreamGap,
  type StreamMetadata,
} from './store/stream-entry.js';
export type { FollowedBatch, FollowerLag, FollowOptions, StreamFollower } from './store/stream-follower.js';
export { EntryIdError, StoreFullError, StoreUnavailableError, StreamNameError } from './errors/store.errors.js';
export { OnEntry, OnGap, StreamConsumer, type StreamConsumerOptions } from './consumers/stream-consumer.decorator.js';
export { embeddedStore, type EmbeddedStoreOptions } from './stores/embedded/embedded.driver.js';
export { memoryStore } from './stores/memory/memory.store.js';
export type {
  RetentionOptions,
  StreamLimits,
  StreamRetention,
  StreamStoreDriver,
  StreamStoreOptions,
  StreamStoreSettings,
} from './stream-store.module-definition.js';
export { StreamStatistics } from './statistics/stream-statistics.js';
export { streamsOpenApi, type OpenApiFragment } from './openapi/streams-openapi.js';
