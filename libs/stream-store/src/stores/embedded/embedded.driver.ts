import type { StreamStoreDriver } from '../../api/stream-store.driver.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { EmbeddedStreamStore } from './embedded.store.js';

export interface EmbeddedStoreOptions {
  /** Where the data lie; made when it is not there. One process at a time. @default 'data/streams' */
  directory?: string;
}

/**
 * Keeps streams on disk, in the process itself: no server is needed. An ack means that the entry has been written and
 * flushed; neither `kill -9` nor a loss of power takes it.
 *
 * @publicApi
 */
export function embeddedStore({ directory = 'data/streams' }: EmbeddedStoreOptions = {}): StreamStoreDriver {
  return {
    create: ({ retention, limits }) => new EmbeddedStreamStore(new EmbeddedDatabase(directory), retention, limits),
  };
}
