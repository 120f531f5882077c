import { Logger } from '@nestjs/common';
// Apart from the store, whose declarations name LMDB's: those do not type-check in every host.
import type { StreamStoreDriver } from '../../stream-store.options.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { EMBEDDED_STORE_OPTIONS, type EmbeddedStoreOptions } from './embedded.options.js';
import { EmbeddedStreamStore } from './embedded.store.js';
import { openingError } from './storage-error.js';

/**
 * Keeps streams on disk, in the process itself: no server is needed. An ack means that the entry has been written and
 * flushed; neither `kill -9` nor a loss of power takes it.
 *
 * @publicApi
 */
export function embeddedStore(options: EmbeddedStoreOptions = {}): StreamStoreDriver {
  const settings = EMBEDDED_STORE_OPTIONS.read(options);
  return {
    create({ retention, limits }) {
      const database = new EmbeddedDatabase(settings);
      let store: EmbeddedStreamStore;
      try {
        store = new EmbeddedStreamStore(database, retention, limits);
      } catch (error) {
        // Who tries again must not find the directory in use by the first try.
        void database.close();
        throw openingError(error, database.path);
      }
      const refusal = store.refusal();
      if (refusal)
        new Logger('EmbeddedStore').warn(`${settings.directory}: ${refusal.message}. What is stored is served`);
      return store;
    },
  };
}
