import type { DeletedStream, EntryId, StreamMetadata } from '@millrace/protocol';
import { ZERO_ID } from '@millrace/protocol';
import type { MillraceError } from '@millrace/core/errors';
import type { OperationsPart } from '@millrace/core/ops';
import type { RedisClient } from '@millrace/core/redis';
import type {
  AppendOptions,
  NewEntry,
  ReadLimit,
  ReadResult,
  StoredEntry,
  StreamDescription,
  StreamSummary,
} from '../../api/stream-store.js';
import type { StreamStoreDriver } from '../../stream-store.options.js';
import { BaseStreamStore, noSuchStream } from '../base-stream.store.js';
import type { TailStart } from '../following/tails.js';
import { EntryIdError, StoreUnavailableError, StreamEndedError, StreamNameError } from '../../api/store.errors.js';
import { producedStream } from '../producers/position.js';
import { nameFault } from '../../engine/stream-name.js';
import { askedId } from './append/append-commands.js';
import { AppendQueue } from './append/append-queue.js';
import type { StoreConnections } from './store-connections.js';
import { redisStoreError, wrongTypeError } from './redis-store-error.js';
import { RedisKeys } from './redis-keys.js';
import { RedisMetadata } from './redis-metadata.js';
import { RedisReader } from './redis-reader.js';
import { RedisRetention } from './redis-retention.js';
import { RedisSummaries } from './redis-summaries.js';
import { RedisGroups } from './groups/redis-groups.js';
import { redisTail } from './tail/make-tail.js';
import type { RedisTail } from './tail/redis-tail.js';
import { KnownStreams, listMetadata, listStreams } from './known-streams.js';
import { NameShares } from './name-shares.js';
import { END, REMOVE } from './scripts.js';

/** How long the last ID of a deleted stream is kept. */
const FLOOR_SECONDS = 30 * 24 * 3600;

/** Keeps entries in Redis, in the layout of the original. An append resolves when Redis has answered. */
export class RedisStreamStore extends BaseStreamStore {
  override readonly operations: OperationsPart;
  override readonly remote = true;
  override readonly groups: RedisGroups;
  private readonly commands: RedisClient;
  private readonly queue: AppendQueue;
  private readonly tail: RedisTail;
  private readonly retention: RedisRetention;
  private readonly meta: RedisMetadata;
  private readonly known: KnownStreams;
  private readonly shares: NameShares;
  private readonly reader: RedisReader;
  private readonly summarized: RedisSummaries;

  constructor(
    private readonly connections: StoreConnections,
    private readonly keys: RedisKeys,
    commandTimeout: number,
    { retention, limits }: Parameters<StreamStoreDriver['create']>[0],
  ) {
    super(limits);
    this.operations = connections.operations;
    const commands = connections.get('commands');
    this.commands = commands;
    this.reader = new RedisReader(commands, keys);
    this.summarized = new RedisSummaries(commands, keys);
    this.meta = new RedisMetadata(commands, keys, limits.maxMetadataBytes);
    this.retention = new RedisRetention(commands, keys, retention, (stream) => this.meta.get(stream));
    this.queue = new AppendQueue(commands, {
      keys,
      patience: commandTimeout,
      maxLength: (stream) => this.retention.maxLength(stream),
      onBegun: (streams) => this.shares.began(streams),
    });
    this.shares = new NameShares(commands, keys, limits);
    this.known = new KnownStreams(limits, this.shares, async () =>
      (await Promise.all([this.names(), listMetadata(commands, keys)])).flat(),
    );
    this.groups = new RedisGroups(commands, keys, limits, {
      assertUsable: (stream) => this.assertUsable(stream),
      watch: (stream, listener) => this.watch(stream, listener),
      ask: (question) => this.ask(question),
    });
    this.tail = redisTail(connections.get('streams-tail'), commands, keys, this.tails);
  }

  override async appendAll(entries: readonly NewEntry[], options: AppendOptions = {}): Promise<EntryId[]> {
    this.assertOpen();
    if (entries.length === 0) return [];
    const { owner, producer } = options;
    if (producer) producedStream(entries, producer);
    const bytes = new Map<string, number>();
    for (const { stream, data, id } of entries) {
      if (!bytes.has(stream)) this.assertName(stream);
      if (id !== undefined) askedId(id);
      bytes.set(stream, (bytes.get(stream) ?? 0) + data.length);
    }
    const streams = [...bytes.keys()];
    let taken: readonly string[] = [];
    try {
      const admitted = this.known.admit(streams, owner);
      if (admitted) taken = await admitted;
      const ids = await this.queue.append(entries, taken.length > 0, producer);
      for (const [stream, size] of bytes) this.retention.appended(stream, size);
      const adopting = this.shares.adoptBegun(streams, taken, owner);
      if (adopting) await adopting;
      return ids;
    } catch (error) {
      await this.undo(taken, owner, error);
      throw await this.refusal(error, streams);
    }
  }

  async end(stream: string): Promise<EntryId> {
    this.assertName(stream);
    const key = this.keys.stream(stream);
    const channel = this.connections.isCluster ? [key] : [];
    const last = await this.ask(() => this.commands.eval(END, 1, key, ...channel));
    if (last === null) throw noSuchStream(stream);
    return last as EntryId;
  }

  override async readAfter(stream: string, after: EntryId, limit: ReadLimit): Promise<ReadResult> {
    this.assertName(stream);
    return super.readAfter(stream, after, limit);
  }

  protected override readChunk(stream: string, after: EntryId, limit: ReadLimit): Promise<ReadResult> {
    return this.ask(() => this.reader.after(stream, after, limit));
  }

  async readNewest(stream: string, count: number, maxBytes = Infinity): Promise<StoredEntry[]> {
    this.assertName(stream);
    return this.ask(() => this.reader.newest(stream, count, maxBytes));
  }

  override async lastId(stream: string): Promise<EntryId> {
    this.assertName(stream);
    return super.lastId(stream);
  }

  list(): Promise<string[]> {
    return this.ask(() => this.names());
  }

  async describe(stream: string): Promise<StreamDescription | undefined> {
    this.assertName(stream);
    return this.state(stream);
  }

  override summaries(streams: readonly string[]): Promise<StreamSummary[]> {
    return this.ask(() => this.summarized.of(streams));
  }

  private state(stream: string): Promise<StreamDescription | undefined> {
    return this.ask(() => this.summarized.describe(stream));
  }

  async metadata(stream: string): Promise<StreamMetadata | undefined> {
    this.assertName(stream);
    return this.ask(() => this.meta.get(stream));
  }

  async setMetadata(
    stream: string,
    fields: StreamMetadata,
    { override = false, owner }: Pick<AppendOptions, 'owner'> & { override?: boolean } = {},
  ): Promise<StreamMetadata> {
    this.assertOpen();
    await this.assertStreams([stream]);
    const taken = await this.ask(async () => this.known.admit([stream], owner) ?? []);
    let stored: StreamMetadata;
    try {
      stored = await this.ask(() => this.meta.set(stream, fields, override));
    } catch (error) {
      await this.undo(taken, owner, error);
      throw error;
    }
    this.retention.changed(stream, stored);
    return stored;
  }

  override async delete(streams: readonly string[]): Promise<DeletedStream[]> {
    // Before the first is removed.
    await this.assertStreams(streams);
    return super.delete(streams);
  }

  async check(): Promise<void> {
    this.assertOpen();
    try {
      await this.connections.check();
    } catch (error) {
      const { cause, message } = error as Error;
      throw cause === undefined ? new StoreUnavailableError(message) : redisStoreError(cause);
    }
  }

  protected async closeStorage(): Promise<void> {
    this.retention.close();
    await this.known.settled();
    // Those that were let in join the queue in this turn.
    await new Promise((resolve) => setImmediate(resolve));
    await this.queue.drain();
    this.connections.close();
    await this.tail.close();
  }

  protected async tailStart(stream: string): Promise<TailStart> {
    const { lastGeneratedId = ZERO_ID, ended = false } = (await this.state(stream)) ?? {};
    return { lastId: lastGeneratedId, ended };
  }

  protected override onFollowedChange(stream: string, from: EntryId | undefined): void {
    if (from === undefined) this.tail.unfollow(stream);
    else this.tail.follow(stream, from);
  }

  protected async deleteOne(stream: string): Promise<DeletedStream> {
    const { commands, keys } = this;
    const { isCluster } = this.connections;
    const floor = keys.floor(stream, isCluster);
    const touched = [keys.stream(stream), keys.producers(stream, isCluster), ...(floor === undefined ? [] : [floor])];
    if (!isCluster) touched.push(keys.removals);
    const channel = isCluster ? [keys.stream(stream)] : [];
    // In this order, so that an append which begins it anew meanwhile counts to its own maker.
    this.known.delete(stream);
    const [, reply, metadata] = await this.ask(() =>
      Promise.all([
        this.shares.release([stream]),
        commands.eval(REMOVE, touched.length, [...touched, String(FLOOR_SECONDS), ...channel]),
        commands.del(keys.metadata(stream)),
        this.groups.streamDeleted(stream, FLOOR_SECONDS),
      ]),
    );
    this.tail.wake();
    this.retention.forget(stream);
    return { stream, metadata: metadata > 0, entries: Number(reply ?? 0), existed: reply !== null };
  }

  private async names(): Promise<string[]> {
    const names = await listStreams(this.commands, this.keys);
    // Another program may have streams under names that ours cannot have, and BullMQ keeps its events in one.
    const { maxNameBytes } = this.limits;
    return names.filter((name) => nameFault(name, maxNameBytes) === undefined && !this.keys.meetsOwn(name)).sort();
  }

  protected override assertName(stream: string): void {
    super.assertName(stream);
    if (this.keys.meetsOwn(stream))
      throw new StreamNameError(stream, 'with the keyPrefix before it, it would be a key that Millrace itself keeps');
  }

  /** @throws StreamNameError; MillraceError `CONFLICT` where Redis holds something other than a stream under one of the names */
  private async assertStreams(streams: readonly string[]): Promise<void> {
    for (const stream of streams) this.assertName(stream);
    const types = await this.ask(() => Promise.all(streams.map((name) => this.commands.type(this.keys.stream(name)))));
    if (types.some((type) => type !== 'stream' && type !== 'none')) throw wrongTypeError();
  }

  /** Gives back the names that were taken for what has failed. */
  private async undo(taken: readonly string[], owner: string | undefined, error: unknown): Promise<void> {
    // Under a name that others use no stream has begun; all else may have been stored, and only the answer lost.
    if (redisStoreError(error).code === 'CONFLICT') for (const stream of taken) this.known.delete(stream);
    else this.known.expire();
    await this.shares.giveBack(taken, owner);
  }

  /** Why an append was refused. Redis knows of an end only that there is no ID left. */
  private async refusal(error: unknown, streams: readonly string[]): Promise<MillraceError> {
    const refused = redisStoreError(error);
    if (!(refused instanceof EntryIdError)) return refused;
    for (const stream of streams) {
      const description = await this.describe(stream).catch(() => undefined);
      if (description?.ended) return new StreamEndedError(stream);
    }
    return refused;
  }

  /** Asks Redis; what it reports becomes one of our errors. */
  private async ask<T>(question: () => Promise<T>): Promise<T> {
    this.assertOpen();
    try {
      return await question();
    } catch (error) {
      throw redisStoreError(error);
    }
  }
}
