import type { EntryId, ReadLimit, StoredEntry, StreamGap } from './stream-entry.js';

export interface FollowOptions {
  /**
   * Where to start: an ID, `0` for the beginning, `$` for what comes from now on (resolved once, to the last ID at this
   * moment), or `*` / `-` for the newest entry and what follows it. One for all streams, or one each, used over in turn.
   *
   * @default '$'
   */
  readonly after?: EntryId | readonly EntryId[];
  /** At most so many entries of each stream in a batch. @default 100 */
  readonly count?: number;
  /** At most so many bytes in a batch, except for one entry that is larger by itself. @default 16777216 */
  readonly maxBytes?: number;
}

/** Entries grouped by stream in the order of the request, each group oldest first. */
export interface FollowedBatch {
  readonly entries: readonly StoredEntry[];
  readonly gaps: readonly StreamGap[];
  /** Whether other followers are handed the same entry objects: what is made of them may be kept and shared. */
  readonly shared: boolean;
}

/**
 * A cursor over one or several streams. It reads nothing until {@link take} is called, so a slow reader costs no memory;
 * followers that are at the newest entries are handed the same entry objects, so a frame can be built once for all.
 */
export interface StreamFollower {
  /** The cursors, in the order of the streams. */
  readonly cursors: readonly EntryId[];

  /** Closed, by itself or with its store: nothing more will come. */
  readonly closed: boolean;

  /**
   * Takes what lies after the cursors, at most the limit of each stream, and moves them. No entries mean no news.
   * Answers at once when it can, so that a caller need not wait a turn of the event loop for each batch.
   */
  take(limit?: Partial<ReadLimit>): FollowedBatch | Promise<FollowedBatch>;

  /** Moves a cursor forward; never back. */
  skipTo(stream: string, id: EntryId): void;

  /**
   * Calls back once, in a later turn of the event loop, when {@link take} may have something. At most one callback waits
   * at a time; a further one replaces it.
   */
  onNews(callback: () => void): void;

  /** Forgets the callback and frees everything. */
  close(): void;
}

/** How far the open followers of a store are behind. */
export interface FollowerLag {
  readonly followers: number;
  /** Followers so far behind that they read from the storage. */
  readonly behind: number;
  /** Most entries that wait for one of the others. */
  readonly waiting: number;
}
