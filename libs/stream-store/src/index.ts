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
export type { FollowedBatch, FollowOptions, StreamFollower } from './store/stream-follower.js';
export { EntryIdError, StoreFullError, StoreUnavailableError, StreamNameError } from './errors/store.errors.js';
