export { StreamStoreModule } from './stream-store.module.js';
export {
  type AppendOptions,
  type DeletedStream,
  type EntryId,
  type FollowedBatch,
  type FollowerLag,
  type FollowOptions,
  type NewEntry,
  type ProducerPosition,
  type ReadLimit,
  type ReadResult,
  type StoredEntry,
  type StreamDescription,
  type StreamFollower,
  type StreamGap,
  type StreamMetadata,
  StreamStore,
  type StreamSummary,
  ZERO_ID,
} from './api/stream-store.js';
export {
  EntryIdError,
  ProducerError,
  StoreFullError,
  StreamEndedError,
  StoreUnavailableError,
  StreamNameError,
} from './api/store.errors.js';
export type {
  GroupBatch,
  GroupDescription,
  GroupEntry,
  GroupMember,
  GroupOptions,
  GroupSettings,
  SetAsideEntry,
  StreamGroups,
} from './api/stream-groups.js';
export { OnEntry, OnGap, StreamConsumer, type StreamConsumerOptions } from './api/stream-consumer.decorator.js';
export { embeddedStore } from './stores/embedded/embedded.driver.js';
export type { EmbeddedStoreOptions } from './stores/embedded/embedded.options.js';
export { memoryStore } from './stores/memory/memory.store.js';
export type { StreamLimits, StreamRetention, StreamStoreDriver, StreamStoreOptions } from './stream-store.options.js';
export { StreamStatistics } from './api/stream-statistics.js';
export { streamsOpenApi } from './http/openapi/streams-openapi.js';
