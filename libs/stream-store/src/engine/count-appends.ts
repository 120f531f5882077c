import type { StreamStatistics } from '../api/stream-statistics.js';
import type { AppendOptions, EntryId, NewEntry, StreamStore } from '../api/stream-store.js';

/** Counts what a store takes, by whichever way it comes: routes, sockets, and the host's own code. */
export function countAppends(store: StreamStore, statistics: StreamStatistics): StreamStore {
  const append = store.append.bind(store);
  const appendAll = store.appendAll.bind(store);
  // Stores may make one of the other.
  let isWithin = false;
  const counted = (data: readonly { readonly length: number }[], run: () => Promise<EntryId[]>): Promise<EntryId[]> => {
    if (isWithin) return run();
    isWithin = true;
    try {
      return run().then((ids) => {
        statistics.entriesIn += ids.length;
        for (const { length } of data) statistics.bytesIn += length;
        return ids;
      });
    } finally {
      isWithin = false;
    }
  };
  return Object.assign(store, {
    append: (stream: string, entries: readonly Buffer[], options?: AppendOptions) =>
      counted(entries, () => append(stream, entries, options)),
    appendAll: (entries: readonly NewEntry[], options?: AppendOptions) =>
      counted(
        entries.map(({ data }) => data),
        () => appendAll(entries, options),
      ),
  });
}
