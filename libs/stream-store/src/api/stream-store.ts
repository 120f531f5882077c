import type { OperationsPart } from '@millrace/core/ops';
import type { DeletedStream, EntryId, StreamGap, StreamMetadata } from '@millrace/protocol';
import type { ReadLimit, StoredEntry } from './stored-entry.js';
import type { StreamGroups } from './stream-groups.js';

export { ZERO_ID, type DeletedStream, type EntryId, type StreamGap, type StreamMetadata } from '@millrace/protocol';
export type { ReadLimit, StoredEntry } from './stored-entry.js';

/**
 * Named append-only streams of binary entries. The class is the port that drivers implement and the token it is
 * injected by.
 *
 * What a resolved append means is the driver's word: on disk (embedded), or acknowledged by Redis.
 *
 * @publicApi
 */
export abstract class StreamStore {
  /** What the storage says of itself to those who operate the service, beside what the module says. */
  readonly operations?: OperationsPart;

  /**
   * Whether it asks another server for what it says, such as Redis: figures that are sampled often are read less often then.
   *
   * @default false
   */
  readonly remote?: boolean;

  /** Groups of consumers, which share the entries of a stream. */
  abstract readonly groups: StreamGroups;

  /**
   * Appends entries to one stream, all or none, and resolves when they are kept. Appends that are under way at the same
   * time share a commit; their order is the order of the calls. The buffers must not change until it resolves.
   *
   * With a {@link AppendOptions.producer | producer} it may be repeated: what is stored already is answered with the IDs it got,
   * and only the rest is stored. Those of one producer keep the order of the calls.
   *
   * @throws StreamNameError, StreamEndedError, StoreFullError, StoreUnavailableError, ProducerError; MillraceError `TOO_MANY_REQUESTS` when no further stream may be made
   */
  abstract append(stream: string, entries: readonly Buffer[], options?: AppendOptions): Promise<EntryId[]>;

  /**
   * Appends entries to several streams, or with IDs of their own, as one transaction: all or none.
   *
   * @throws EntryIdError when an own ID is not above the last one of its stream, and as {@link append}
   */
  abstract appendAll(entries: readonly NewEntry[], options?: AppendOptions): Promise<EntryId[]>;

  /**
   * Entries after an ID, oldest first. Tells a gap when entries behind the ID were removed or are damaged, and when it lies
   * above the last one, because the stream was deleted meanwhile: then the entries are those that are there, from the first.
   */
  abstract readAfter(stream: string, after: EntryId, limit: ReadLimit): Promise<ReadResult>;

  /** The newest entries, oldest first: as many as the limit has room for, counted from the end. */
  abstract readNewest(stream: string, count: number, maxBytes?: number): Promise<StoredEntry[]>;

  /** The last ID that was ever given in a stream; `0-0` for an unknown one, also one that was deleted. */
  abstract lastId(stream: string): Promise<EntryId>;

  /** Names of all streams that have had an entry and were not deleted, sorted. */
  abstract list(): Promise<string[]>;

  /** Undefined for a stream that has never had an entry, or was deleted. */
  abstract describe(stream: string): Promise<StreamDescription | undefined>;

  /**
   * The numbers of many streams, in the order of the request; those that there are not are left out. Drivers of ours take a few looks
   * at the storage for thousands of streams, and read no entries.
   */
  async summaries(streams: readonly string[]): Promise<StreamSummary[]> {
    const found: StreamSummary[] = [];
    for (const stream of streams) {
      const description = await this.describe(stream);
      if (description) found.push(description);
    }
    return found;
  }

  abstract metadata(stream: string): Promise<StreamMetadata | undefined>;

  /** Merges fields over the metadata, or replaces it; answers what is stored then. `max_len`, `max_age` and `max_bytes` bound the stream. */
  abstract setMetadata(
    stream: string,
    fields: StreamMetadata,
    options?: Pick<AppendOptions, 'owner'> & { override?: boolean },
  ): Promise<StreamMetadata>;

  /**
   * Removes entries and metadata of streams; unknown ones count as nothing removed. A stream that begins anew goes on above the
   * last ID it had, unless entries bring lower ones of their own.
   */
  abstract delete(streams: readonly string[]): Promise<DeletedStream[]>;

  /**
   * Ends a stream for good: it takes no more entries, and readers reach its end and hear of it. What it has stays, and is
   * bounded as before. One that has ended already stays as it is. Only after it was deleted it may begin anew.
   *
   * @returns the last ID that was given
   * @throws MillraceError `NOT_FOUND` for a stream that has never had an entry, or was deleted; StoreUnavailableError
   */
  abstract end(stream: string): Promise<EntryId>;

  /** Opens a cursor over streams which hears of news. The low-level form of {@link follow}. */
  abstract openFollower(streams: readonly string[], options?: FollowOptions): Promise<StreamFollower>;

  /**
   * Follows streams: what lies after the cursor, then what comes, each entry once, until the signal aborts. A gap is
   * reported in the batch, never skipped in silence; so is a stream that was deleted, which is then followed from its beginning.
   * Finishes as well when all of them have ended ({@link end}) and everything was given.
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

  /** How far followers are behind, for metrics; a driver that does not know says nothing. */
  followerLag(): FollowerLag | undefined {
    return undefined;
  }

  /** Damaged blocks found since the start, for metrics; a driver that does not look for damage says nothing. */
  damagedBlocks(): number | undefined {
    return undefined;
  }

  /** Resolves when the storage answers. @throws StoreUnavailableError or StoreFullError saying what is wrong */
  abstract check(): Promise<void>;

  /** Waits for appends under way and closes the storage. */
  abstract close(): Promise<void>;
}

/** An entry to be appended. */
export interface NewEntry {
  readonly stream: string;
  readonly data: Buffer;
  /** An own ID: `<ms>-<seq>`, `<ms>` (the same as `<ms>-0`) or `<ms>-*` (the next sequence); absent for a new one. */
  readonly id?: string;
}

/**
 * Numbers the entries of one writer of a stream, so that an append may be repeated when nobody knows what became of it. The state
 * is kept with the entries, in the same commit, and goes with the stream.
 *
 * The store answers repeats of the newest 1024 appends of a producer. It forgets a producer that appends nothing for 7 days, and
 * the one that has been silent longest when a stream has more than 1000; one that it does not know may begin with any number.
 */
export interface ProducerPosition {
  /** The writer's name: 1 to 128 visible characters of ASCII. */
  readonly id: string;
  /** The greatest one that was seen counts, and those below it are refused. A new one begins with the sequence 0. */
  readonly epoch: number;
  /** Number of the first entry of the append; the others count on by one. The next append goes on without a gap. */
  readonly sequence: number;
  /**
   * Whether it follows one that has not been answered yet, and might fail: then it is refused where the producer is not known.
   *
   * @default false
   */
  readonly continues?: boolean;
}

/** Who appends, or sets metadata. */
export interface AppendOptions {
  /**
   * Who makes a stream that is new: it counts to the share of this user or API key (`limits.maxStreamsPerPrincipal`) until it is
   * deleted. Without one it is the host's own, and only `limits.maxStreams` holds.
   */
  readonly owner?: string | undefined;
  /** Lets the append be repeated. All its entries go to one stream, and none has an ID of its own. */
  readonly producer?: ProducerPosition | undefined;
}

export interface ReadResult {
  readonly entries: StoredEntry[];
  readonly gap?: StreamGap;
  /** With a gap: the ID before the entries, from which a reader goes on if there are none; absent where that is the one asked for. */
  readonly cursor?: EntryId;
  /** The stream has ended, and nothing lies behind these entries. */
  readonly ended?: boolean;
}

export interface StreamDescription {
  readonly stream: string;
  readonly length: number;
  /** Bytes of data kept, where the driver counts them. */
  readonly bytes?: number;
  readonly lastGeneratedId: EntryId;
  /** Whether it was ended for good. */
  readonly ended: boolean;
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

/** What {@link StreamStore.summaries} tells of a stream; `groups` are those that {@link StreamGroups.list} gives. */
export type StreamSummary = Pick<
  StreamDescription,
  'stream' | 'length' | 'bytes' | 'ended' | 'entriesAdded' | 'firstEntry' | 'lastEntry' | 'groups'
>;

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

  /** Those of its streams that have ended and of which everything was taken. An end counts as news. */
  readonly ended: readonly string[];

  /**
   * Takes what lies after the cursors, at most the limit of each stream, and moves them. No entries mean no news.
   * Answers at once when it can, so that a caller need not wait a turn of the event loop for each batch.
   */
  take(limit?: Partial<ReadLimit>): FollowedBatch | Promise<FollowedBatch>;

  /** Passes over entries up to an ID; a cursor never moves back by it. */
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
