import type { DeletedStream, EntryId, StreamMetadata } from '@millrace/protocol';
import type { NewEntry, ReadLimit, ReadResult, StoredEntry, StreamDescription } from './stream-entry.js';
import type { FollowerLag, StreamFollower, FollowOptions, FollowedBatch } from './stream-follower.js';

/**
 * Named append-only streams of binary entries. The class is the port that drivers implement and the token it is
 * injected by.
 *
 * What a resolved append means is the driver's word: on disk (embedded), or acknowledged by Redis.
 *
 * @publicApi
 */
export abstract class StreamStore {
  /**
   * Appends entries to one stream, all or none, and resolves when they are kept. Appends that are under way at the same
   * time share a commit; their order is the order of the calls. The buffers must not change until it resolves.
   *
   * @throws StreamNameError, StoreFullError, StoreUnavailableError
   */
  abstract append(stream: string, entries: readonly Buffer[]): Promise<EntryId[]>;

  /**
   * Appends entries to several streams, or with IDs of their own, as one transaction: all or none.
   *
   * @throws EntryIdError when an own ID is not above the last one of its stream, and as {@link append}
   */
  abstract appendAll(entries: readonly NewEntry[]): Promise<EntryId[]>;

  /** Entries after an ID, oldest first; empty for an unknown stream. Tells when retention has overtaken the ID. */
  abstract readAfter(stream: string, after: EntryId, limit: ReadLimit): Promise<ReadResult>;

  /** The newest entries, oldest first: as many as the limit has room for, counted from the end. */
  abstract readNewest(stream: string, count: number, maxBytes?: number): Promise<StoredEntry[]>;

  /** The last ID that was ever given in a stream; `0-0` for an unknown one. */
  abstract lastId(stream: string): Promise<EntryId>;

  /** Names of all streams that have had an entry and were not deleted, sorted. */
  abstract list(): Promise<string[]>;

  /** Undefined for a stream that has never had an entry, or was deleted. */
  abstract describe(stream: string): Promise<StreamDescription | undefined>;

  abstract metadata(stream: string): Promise<StreamMetadata | undefined>;

  /** Merges fields over the metadata, or replaces it; answers what is stored then. `max_len`, `max_age` and `max_bytes` bound the stream. */
  abstract setMetadata(
    stream: string,
    fields: StreamMetadata,
    options?: { override?: boolean },
  ): Promise<StreamMetadata>;

  /** Removes entries and metadata of streams; unknown ones count as nothing removed. */
  abstract delete(streams: readonly string[]): Promise<DeletedStream[]>;

  /** Opens a cursor over streams which hears of news. The low-level form of {@link follow}. */
  abstract openFollower(streams: readonly string[], options?: FollowOptions): Promise<StreamFollower>;

  /**
   * Follows streams: what lies after the cursor, then what comes, each entry once, until the signal aborts. A gap is
   * reported in the batch, never skipped in silence.
   *
   * @example
   * ```ts
   * for await (const batch of streams.follow(['camera'], { after: '$', signal })) { … }
   * ```
   */
  abstract follow(
    streams: readonly string[],
    options?: FollowOptions & { signal?: AbortSignal },
  ): AsyncIterable<FollowedBatch>;

  /** Where a named group of consumers stands in a stream: the last ID it has dealt with; undefined when it never began. */
  abstract position(group: string, stream: string): Promise<EntryId | undefined>;

  /** Keeps where a group stands; it outlives the process where entries do. */
  abstract setPosition(group: string, stream: string, id: EntryId): Promise<void>;

  /** How far followers are behind, for metrics; a driver that does not know says nothing. */
  followerLag(): FollowerLag | undefined {
    return undefined;
  }

  /** Resolves when the storage answers. @throws StoreUnavailableError or StoreFullError saying what is wrong */
  abstract check(): Promise<void>;

  /** Waits for appends under way and closes the storage. */
  abstract close(): Promise<void>;
}
