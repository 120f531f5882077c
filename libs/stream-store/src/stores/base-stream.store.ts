import type { DeletedStream, EntryId, StreamMetadata } from '@millrace/protocol';
import { formatId, ZERO_ID } from '@millrace/protocol';
import type { AppendOptions, FollowedBatch, FollowerLag, FollowOptions, StreamFollower } from '../api/stream-store.js';
import { type ReadLimit, type ReadResult, type StoredEntry, StreamStore } from '../api/stream-store.js';
import { MillraceError } from '@millrace/core/errors';
import { StoreUnavailableError } from '../api/store.errors.js';
import { quoted } from '../engine/quoted.js';
import type { StreamLimits } from '../stream-store.options.js';
import { canonicalId, parseId, precedingParts } from '../engine/entry-id.js';
import { Tails, type TailStart } from './following/tails.js';
import { Cursor } from './following/cursor.js';
import { TailFollower, Waker } from './following/tail-follower.js';
import { assertStreamName } from '../engine/stream-name.js';
import { mergeMetadata } from './merge-metadata.js';
import { awaitNews } from '../engine/await-news.js';

const DEFAULT_COUNT = 100;
const DEFAULT_BYTES = 16 * 1024 * 1024;

/** What every driver shares: checks of names, followers, and the tails they read from. */
export abstract class BaseStreamStore extends StreamStore {
  protected closed = false;
  /** Tails of followed streams. */
  protected readonly tails = new Tails({
    start: (stream) => this.tailStart(stream),
    changed: (stream, from) => this.onFollowedChange(stream, from),
  });
  private readonly waker = new Waker();
  private readonly followers = new Set<TailFollower>();

  protected constructor(protected readonly limits: StreamLimits) {
    super();
  }

  append(stream: string, entries: readonly Buffer[], options?: AppendOptions): Promise<EntryId[]> {
    return this.appendAll(
      entries.map((data) => ({ stream, data })),
      options,
    );
  }

  async readAfter(stream: string, after: EntryId, limit: ReadLimit): Promise<ReadResult> {
    return this.readChunk(stream, canonicalId(after), limit);
  }

  async lastId(stream: string): Promise<EntryId> {
    return (await this.tailStart(stream)).lastId;
  }

  async openFollower(streams: readonly string[], options: FollowOptions = {}): Promise<StreamFollower> {
    this.assertOpen();
    for (const stream of streams) this.assertName(stream);
    // Holds the tails until the follower itself does, so that they miss nothing that is appended meanwhile.
    const hold = { wake: () => undefined };
    try {
      const tails = await Promise.all(streams.map(async (stream) => this.tails.hold(stream, hold)));
      const cursors = await this.resolveCursors(streams, options);
      this.assertOpen();
      const follower = new TailFollower(
        tails.map((tail, index) => new Cursor(streams[index] as string, tail, cursors[index] ?? ZERO_ID)),
        (stream, cursor, chunk) => this.readChunk(stream, cursor, chunk),
        { count: options.count ?? DEFAULT_COUNT, maxBytes: options.maxBytes ?? DEFAULT_BYTES },
        this.waker,
        (closed) => {
          this.followers.delete(closed);
          this.tails.release(streams, closed);
        },
      );
      this.followers.add(follower);
      return follower;
    } finally {
      this.tails.release(streams, hold);
    }
  }

  async *follow(
    streams: readonly string[],
    options: FollowOptions & { signal?: AbortSignal } = {},
  ): AsyncGenerator<FollowedBatch> {
    const { signal } = options;
    const follower = await this.openFollower(streams, options);
    try {
      while (!signal?.aborted && !follower.closed) {
        const batch = await follower.take();
        if (batch.entries.length > 0 || batch.gaps.length > 0) yield batch;
        else if (follower.ended.length === streams.length) return;
        else await awaitNews(follower, { signal });
      }
    } finally {
      follower.close();
    }
  }

  async delete(streams: readonly string[]): Promise<DeletedStream[]> {
    this.assertOpen();
    return Promise.all(streams.map((stream) => this.deleteOne(stream)));
  }

  override followerLag(): FollowerLag {
    let behind = 0;
    let most = 0;
    for (const { waiting } of this.followers) {
      if (waiting === undefined) behind += 1;
      else most = Math.max(most, waiting);
    }
    return { followers: this.followers.size, behind, waiting: most };
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const follower of [...this.followers]) follower.end();
    await this.closeStorage();
  }

  /** Waits for appends under way and closes the storage. */
  protected abstract closeStorage(): Promise<void>;

  /** Hands newly kept entries to those who follow their stream. */
  protected publish(stream: string, entries: readonly StoredEntry[]): void {
    this.tails.get(stream)?.push(entries);
  }

  /** Tells those who follow a stream that it has ended; all its entries have been published. */
  protected publishEnd(stream: string): void {
    this.tails.get(stream)?.markEnd();
  }

  /** Tells those who follow a stream that it was deleted: they go on with what it begins anew with. */
  protected publishDeletion(stream: string): void {
    this.tails.get(stream)?.restart(ZERO_ID);
  }

  /** Metadata after a change, as storage would give them: JSON, and an object of its own. @throws as {@link mergeMetadata} */
  protected merged(before: StreamMetadata | undefined, fields: StreamMetadata, override: boolean): StreamMetadata {
    return JSON.parse(mergeMetadata({ before, fields, override }, this.limits.maxMetadataBytes)) as StreamMetadata;
  }

  protected assertName(stream: string): void {
    assertStreamName(stream, this.limits.maxNameBytes);
  }

  protected assertUsable(stream: string): void {
    this.assertOpen();
    this.assertName(stream);
  }

  protected assertOpen(): void {
    if (this.closed) throw new StoreUnavailableError('The storage is closed: the application is ending');
  }

  /** Calls back whenever a stream has news, until the function is called that it answers. */
  protected async watch(stream: string, listener: () => void): Promise<() => void> {
    const reader = { wake: listener };
    await this.tails.hold(stream, reader);
    return () => this.tails.release([stream], reader);
  }

  /** Removes a stream. */
  protected abstract deleteOne(stream: string): Promise<DeletedStream>;

  /** Reads entries after an ID in its canonical form; answers at once where the driver can. */
  protected abstract readChunk(stream: string, after: EntryId, limit: ReadLimit): ReadResult | Promise<ReadResult>;

  /**
   * The end of a stream as {@link publish} will go on from it: a driver that publishes its own appends must answer at
   * once, or entries are lost in between.
   */
  protected abstract tailStart(stream: string): TailStart | Promise<TailStart>;

  /** Called when the first follower of a stream comes (with the ID its tail begins behind), and when the last has gone. */
  protected onFollowedChange(_stream: string, _from: EntryId | undefined): void {
    // Most drivers learn of entries by their own appends.
  }

  private resolveCursors(
    streams: readonly string[],
    { after = '$', count = DEFAULT_COUNT }: FollowOptions,
  ): Promise<EntryId[]> {
    const starts = typeof after === 'string' ? [after] : after;
    return Promise.all(
      streams.map(async (stream, index) => this.resolveCursor(stream, starts[index % starts.length] ?? '$', count)),
    );
  }

  private resolveCursor(stream: string, start: string, count: number): EntryId | Promise<EntryId> {
    if (start === '$') return this.lastId(stream);
    if (start === '*') return this.beforeNewest(stream, count);
    if (start === '-') return this.beforeNewest(stream, 1);
    return canonicalId(start);
  }

  /** The greatest ID below those of the newest entries. */
  private async beforeNewest(stream: string, count: number): Promise<EntryId> {
    const [first] = await this.readNewest(stream, count);
    if (!first) return this.lastId(stream);
    return formatId(precedingParts(parseId(first.id)));
  }
}

/** Nothing is stored under a name. @returns the error to throw */
export function noSuchStream(stream: string): MillraceError {
  return new MillraceError('NOT_FOUND', `There is no stream ${quoted(stream)}`);
}

/** What only Redis counts: the others answer as it does for a small stream. */
export const FIGURES_OF_REDIS = { maxDeletedEntryId: ZERO_ID, radixTreeKeys: 1, radixTreeNodes: 2 };

/** A copy as storage would give it: JSON, and an object of its own. */
export function copyMetadata<T extends StreamMetadata | undefined>(metadata: T): T {
  return metadata === undefined ? metadata : (JSON.parse(JSON.stringify(metadata)) as T);
}
