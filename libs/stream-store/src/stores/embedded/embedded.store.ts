import type { OperationsPart } from '@millrace/core/ops';
import type { DeletedStream, EntryId, StreamMetadata } from '@millrace/protocol';
import { compareParts, formatId, ZERO_ID, ZERO_PARTS } from '@millrace/protocol';
import { StoreFullError } from '../../api/store.errors.js';
import type {
  AppendOptions,
  NewEntry,
  ReadLimit,
  ReadResult,
  StoredEntry,
  StreamDescription,
  StreamSummary,
} from '../../api/stream-store.js';
import type { StreamLimits, StreamRetention } from '../../stream-store.options.js';
import type { LocalStreams } from '../groups/local-groups.js';
import { parseId } from '../../engine/entry-id.js';
import { BaseStreamStore, copyMetadata, FIGURES_OF_REDIS, noSuchStream } from '../base-stream.store.js';
import { type Bounds, boundsOf, UNBOUNDED } from '../bounds.js';
import type { TailStart } from '../following/tails.js';
import { readFrom } from '../read-from.js';
import { BlockReader } from './block-reader.js';
import { type AppendPart, EmbeddedAppends } from './embedded-appends.js';
import { embeddedOperations } from './embedded-operations.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import { HeadTable, streamRecordOf, type StreamHead } from './head-table.js';
import { LocalGroups } from '../groups/local-groups.js';
import { EmbeddedGroups } from './embedded-groups.js';
import { summariesOf } from './embedded-summaries.js';
import { Remover } from './remover.js';
import { Trimmer } from './trimmer.js';
import { entriesCost, recordCost, removalCost, sumOf } from './room/write-cost.js';

/** How often the store looks at the disk. */
const LOOK_MS = 1000;
/** Looks from one sweep to the next. */
const SWEEP_LOOKS = 10;
/** Of an entry so large a check says whether it would be taken. */
const ORDINARY_ENTRY = Buffer.alloc(64 * 1024);

/** Keeps entries in LMDB, in the process itself. An append resolves when it is on disk. */
export class EmbeddedStreamStore extends BaseStreamStore {
  override readonly operations: OperationsPart;
  override readonly groups: LocalGroups;
  private readonly heads: HeadTable;
  private readonly reader: BlockReader;
  private readonly trimmer: Trimmer;
  private readonly remover: Remover;
  private readonly appends: EmbeddedAppends;
  private readonly looking: NodeJS.Timeout;
  private looks = 0;

  constructor(
    private readonly database: EmbeddedDatabase,
    private readonly retention: StreamRetention,
    limits: StreamLimits,
  ) {
    super(limits);
    this.operations = embeddedOperations(database, () => this.refusal());
    this.heads = new HeadTable(database, limits);
    this.reader = new BlockReader(database);
    this.trimmer = new Trimmer(database);
    this.remover = new Remover(database);
    this.remover.later(this.heads.orphans());
    this.appends = new EmbeddedAppends(database, this.heads, (part) => this.committed(part));
    const stored = new EmbeddedGroups(database);
    this.groups = new LocalGroups(this.localStreams(), stored, limits);
    for (const [stream, group, record] of stored.all()) this.groups.load(stream, group, record);
    this.looking = setInterval(() => this.look(), LOOK_MS);
    this.looking.unref();
  }

  override async append(stream: string, entries: readonly Buffer[], options: AppendOptions = {}): Promise<EntryId[]> {
    this.assertOpen();
    this.assertName(stream);
    return entries.length === 0 ? [] : this.appends.append(stream, entries, options);
  }

  async appendAll(entries: readonly NewEntry[], options: AppendOptions = {}): Promise<EntryId[]> {
    this.assertOpen();
    for (const { stream } of entries) this.assertName(stream);
    return this.appends.appendAll(entries, options);
  }

  protected override tailStart(stream: string): TailStart {
    const { committed = ZERO_PARTS, ended = false } = this.heads.find(stream) ?? {};
    return { lastId: formatId(committed), ended };
  }

  protected override readChunk(stream: string, after: EntryId, limit: ReadLimit): ReadResult {
    this.assertOpen();
    const head = this.heads.find(stream);
    const ends = head && { removed: head.removedTo, last: head.last, ended: head.ended };
    return readFrom(stream, after, ends, (from) => this.reader.after(stream, head, from, limit));
  }

  async readNewest(stream: string, count: number, maxBytes = Infinity): Promise<StoredEntry[]> {
    this.assertOpen();
    const head = this.heads.find(stream);
    return head ? this.reader.newest(stream, head, count, maxBytes) : [];
  }

  async list(): Promise<string[]> {
    return [...this.heads.keys()].sort();
  }

  async describe(stream: string): Promise<StreamDescription | undefined> {
    const head = this.heads.find(stream);
    if (!head) return undefined;
    return {
      stream,
      length: head.added - head.removed,
      bytes: head.bytesAdded - head.bytesRemoved,
      lastGeneratedId: formatId(head.committed),
      ended: head.ended,
      entriesAdded: head.added,
      firstEntry: this.readChunk(stream, ZERO_ID, { count: 1 }).entries[0]?.id,
      lastEntry: (await this.readNewest(stream, 1))[0]?.id,
      groups: this.groups.count(stream),
      ...FIGURES_OF_REDIS,
    };
  }

  override summaries(streams: readonly string[]): Promise<StreamSummary[]> {
    this.assertOpen();
    return summariesOf(streams, { heads: this.heads, reader: this.reader, groups: this.groups });
  }

  async metadata(stream: string): Promise<StreamMetadata | undefined> {
    return copyMetadata(this.heads.metadata.get(stream));
  }

  async setMetadata(
    stream: string,
    fields: StreamMetadata,
    { override = false, owner }: Pick<AppendOptions, 'owner'> & { override?: boolean } = {},
  ): Promise<StreamMetadata> {
    this.assertOpen();
    this.assertName(stream);
    const { metadata, names, unbounded } = this.heads;
    names.assertRoom([{ stream }], owner);
    let stored = this.merged(metadata.get(stream), fields, override);
    const use = this.makesRoom(stream, stored) ? 'removal' : 'state';
    try {
      await this.database.write(use, sumOf([recordCost(stored), recordCost(owner)]), () => {
        // Over what came while this waited for room; and set before it is on disk, so that the next is merged over this.
        metadata.set(stream, (stored = this.merged(metadata.get(stream), fields, override)));
        names.take(stream, owner);
        return this.database.metadata.put(stream, stored);
      });
      unbounded.delete(stream);
    } catch (error) {
      this.heads.reloadMetadata(stream);
      throw error;
    }
    const head = this.heads.get(stream);
    if (head) this.trimmer.sweep(stream, head, this.bounds(stream));
    return copyMetadata(stored);
  }

  async end(stream: string): Promise<EntryId> {
    this.assertOpen();
    const head = this.heads.find(stream);
    if (!head) throw noSuchStream(stream);
    if (!head.ended) await this.keepEnd(stream, head);
    return formatId(head.committed);
  }

  override damagedBlocks(): number {
    return this.database.checked.damage.damagedBlocks;
  }

  /** Asks for the room of an ordinary entry, and writes a few bytes for real: a disk that fails shows only then. */
  async check(): Promise<void> {
    this.assertOpen();
    const refusal = this.refusal();
    if (refusal) throw refusal;
    await this.database.commit('entries');
  }

  /** Why an ordinary entry would be refused now, if it would. */
  refusal(): StoreFullError | undefined {
    try {
      this.database.room.claim(entriesCost([ORDINARY_ENTRY]), 'entries')();
      return undefined;
    } catch (error) {
      if (error instanceof StoreFullError) return error;
      throw error;
    }
  }

  protected async closeStorage(): Promise<void> {
    clearInterval(this.looking);
    await this.appends.settled();
    await this.database.close();
  }

  private localStreams(): LocalStreams {
    return {
      assertUsable: (stream) => this.assertUsable(stream),
      read: (stream, after, limit) => this.readChunk(stream, after, limit),
      lastId: (stream) => this.tailStart(stream).lastId,
      countAfter: (stream, id) => {
        const head = this.heads.find(stream);
        return head ? head.added - Math.max(head.removed, this.reader.addedUpTo(stream, head, parseId(id))) : 0;
      },
      watch: (stream, listener) => this.watch(stream, listener),
      oldPosition: (group, stream) => this.database.records.position(group, stream),
    };
  }

  private committed({ stream, head, data, ids }: AppendPart): void {
    const last = ids.at(-1);
    if (!last) return;
    if (compareParts(last, head.committed) > 0) head.committed = last;
    if (this.heads.get(stream) !== head) return;
    if (this.tails.get(stream)) {
      this.publish(
        stream,
        ids.map((id, index) => ({ stream, id: formatId(id), data: data[index] as Buffer })),
      );
    }
    this.trimmer.trim(stream, head, this.bounds(stream));
  }

  /** Once a second; a full disk is worth a sweep, and a further try to remove what is to go. */
  private look(): void {
    this.looks += 1;
    if (this.database.look() || this.looks % SWEEP_LOOKS === 0) {
      for (const [stream, head] of this.heads) this.trimmer.sweep(stream, head, this.bounds(stream));
    }
    void this.remover.goOn();
  }

  /** Whether metadata lower the bounds of a stream on a full disk, which must take them even when it takes no others. */
  private makesRoom(stream: string, metadata: StreamMetadata): boolean {
    const head = this.heads.get(stream);
    if (!head || !this.database.room.isScarce) return false;
    return this.trimmer.wouldTrim(stream, head, boundsOf(this.retention, metadata));
  }

  private bounds(stream: string): Bounds {
    const { unbounded, metadata } = this.heads;
    return unbounded.has(stream) ? UNBOUNDED : boundsOf(this.retention, metadata.get(stream));
  }

  protected async deleteOne(stream: string): Promise<DeletedStream> {
    const head = this.heads.get(stream);
    const metadata = this.heads.metadata.has(stream);
    if (this.heads.isStored(stream)) await this.forget(stream, head);
    if (!head) return { stream, metadata, entries: 0, existed: false };
    this.appends.forget(head.number);
    await this.database.settled();
    const { added, removed } = head;
    try {
      await this.remover.remove(head.number);
    } catch (error) {
      // The stream is gone; what is left of its blocks goes when there is room for that.
      if (!(error instanceof StoreFullError)) throw error;
    }
    return { stream, metadata, entries: added - removed, existed: true };
  }

  /** What is under way when this is called is stored before the end; nothing is stored behind it. */
  private async keepEnd(stream: string, head: StreamHead): Promise<void> {
    const { database } = this;
    try {
      await database.write('removal', recordCost(stream), () => {
        // While this waited for room the stream may have been deleted.
        if (this.heads.get(stream) !== head) throw noSuchStream(stream);
        head.ended = true;
        return database.streams.put(stream, streamRecordOf(stream, head));
      });
    } catch (error) {
      head.ended = false;
      throw error;
    }
    // Their entries are published before the end is.
    await database.settled();
    if (this.heads.get(stream) === head) this.publishEnd(stream);
  }

  /** From here on an append begins the stream anew; blocks under way belong to the old number and go with it. */
  private async forget(stream: string, head: StreamHead | undefined): Promise<void> {
    const { heads, database } = this;
    try {
      await database.write('removal', sumOf([removalCost(3, 0), recordCost(stream)]), () => {
        // While this waited for room, another deletion may have come first, and the stream have begun anew.
        if (heads.get(stream) !== head) return Promise.resolve();
        const forgotten = heads.forget(stream, head);
        if (head) this.publishDeletion(stream);
        return forgotten;
      });
    } catch (error) {
      heads.reloadMetadata(stream);
      if (head && !heads.has(stream)) heads.set(stream, head);
      heads.reloadName(stream);
      throw error;
    }
  }
}
