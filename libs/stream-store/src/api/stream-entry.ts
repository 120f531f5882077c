import type { EntryId, StreamEntry, StreamGap } from '@millrace/protocol';

export { ZERO_ID, type DeletedStream, type EntryId, type StreamGap, type StreamMetadata } from '@millrace/protocol';

/** One kept entry. */
export type StoredEntry = StreamEntry<Buffer>;

/** An entry to be appended. */
export interface NewEntry {
  readonly stream: string;
  readonly data: Buffer;
  /** An own ID: `<ms>-<seq>`, `<ms>` (the same as `<ms>-0`) or `<ms>-*` (the next sequence); absent for a new one. */
  readonly id?: string;
}

/** How much one read takes at the most. */
export interface ReadLimit {
  readonly count: number;
  /** Bytes of data; one entry is given even when it is larger by itself. */
  readonly maxBytes?: number;
}

export interface ReadResult {
  readonly entries: StoredEntry[];
  readonly gap?: StreamGap;
}

export interface StreamDescription {
  readonly stream: string;
  readonly length: number;
  /** Bytes of data kept, where the driver counts them. */
  readonly bytes?: number;
  readonly lastGeneratedId: EntryId;
  readonly maxDeletedEntryId: EntryId;
  /** All entries that were ever added. */
  readonly entriesAdded: number;
  /** IDs of the first and last kept entries. */
  readonly firstEntry?: EntryId;
  readonly lastEntry?: EntryId;
  readonly groups: number;
  readonly radixTreeKeys: number;
  readonly radixTreeNodes: number;
}
