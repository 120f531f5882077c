import type { EntryId } from './entry-id.js';

/** One entry of a stream. */
export interface StreamEntry<Data extends Uint8Array = Uint8Array> {
  readonly stream: string;
  readonly id: EntryId;
  readonly data: Data;
}

/** An entry that was asked for in another format and cannot be converted; it has no data. */
export interface UnreadableEntry {
  readonly stream: string;
  readonly id: EntryId;
  /** Its size as it is kept. */
  readonly bytes: number;
  /** In words. */
  readonly reason?: string;
}

/** Entries that were passed over for a reader that wants the newest only. */
export interface SkippedEntries {
  readonly stream: string;
  /** How many; null where they were too many to be counted. */
  readonly entries: number | null;
}

/** Entries between a cursor and the first kept entry are gone: retention has overtaken the cursor. */
export interface StreamGap {
  readonly stream: string;
  /** The cursor. */
  readonly after: EntryId;
  /** The first entry that is still kept; undefined when none is. */
  readonly first: EntryId | undefined;
}
