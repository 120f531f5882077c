import type { StreamLimits } from './stream-limits.js';
import type { StreamRetention } from './stream-retention.js';
import type { StreamStore } from './stream-store.js';

/** Makes a store; given by `embeddedStore()`, `memoryStore()`, `redisStore()` or a host's own. */
export interface StreamStoreDriver {
  create(context: {
    readonly retention: StreamRetention;
    readonly limits: StreamLimits;
  }): StreamStore | Promise<StreamStore>;
}
