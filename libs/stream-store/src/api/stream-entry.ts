/** `<milliseconds>-<sequence>`, both unsigned 64-bit decimal numbers (stream-store§1). */
export type EntryId = string;

/** The ID before every entry. */
export const ZERO_ID: EntryId = '0-0';

/** One kept entry. */
export interface StreamEntry {
  readonly stream: string;
  readonly id: EntryId;
  readonly data: Buffer;
}

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

/** Entries between a cursor and the first kept entry are gone: retention has overtaken the cursor. */
export interface StreamGap {
  readonly stream: string;
  /** The cursor. */
  readonly after: EntryId;
  /** The first entry that is still kept; undefined when none is. */
  readonly first: EntryId | undefined;
}

export interface ReadResult {
  readonly entries: StreamEntry[];
  readonly gap?: StreamGap;
}

/** Free fields of a stream; three of them bound it. */
export interface StreamMetadata {
  /** Entries kept. */
  max_len?: number;
  /** Age of the oldest kept entry, in seconds. */
  max_age?: number;
  /** Bytes of data kept. */
  max_bytes?: number;
  [field: string]: unknown;
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

/** What one deletion removed. */
export interface DeletedStream {
  readonly stream: string;
  readonly metadata: boolean;
  readonly entries: number;
  readonly existed: boolean;
}
