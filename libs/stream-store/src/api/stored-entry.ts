import type { StreamEntry } from '@millrace/protocol';

/** One kept entry. */
export type StoredEntry = StreamEntry<Buffer>;

/** How much one read takes at the most. */
export interface ReadLimit {
  readonly count: number;
  /** Bytes of data; one entry is given even when it is larger by itself. */
  readonly maxBytes?: number;
}
