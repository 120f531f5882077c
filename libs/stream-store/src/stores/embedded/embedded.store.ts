import type { DeletedStream, EntryId, IdParts, StreamMetadata } from '@millrace/protocol';
import { compareParts, formatId, ZERO_ID, ZERO_PARTS } from '@millrace/protocol';
import type { NewEntry, ReadLimit, ReadResult, StoredEntry, StreamDescription } from '../../api/stream-store.js';
import type { StreamLimits, StreamRetention } from '../../stream-store.options.js';
import { planAppend, type PlannedPart } from '../append-plan.js';
import { BaseStreamStore, copyMetadata, FIGURES_OF_REDIS } from '../base-stream.store.js';
import { nextId } from '../../engine/entry-id.js';
import { assertRoomFor, type Bounds, boundsOf } from '../bounds.js';
import { readFrom } from '../read-from.js';
import { BlockReader } from './block-reader.js';
import { writeBlocks } from './block-writer.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import { HeadTable, type StreamHead } from './head-table.js';
import { Trimmer } from './trimmer.js';

const SWEEP_MS = 10_000;

/** Keeps entries in LMDB, in the process itself. An append resolves when it is on disk. */
export class EmbeddedStreamStore extends BaseStreamStore {
  private readonly heads: HeadTable;
  private readonly reader: BlockReader;
  private readonly trimmer: Trimmer;
  private readonly sweeping: NodeJS.Timeout;

  constructor(
    private readonly database: EmbeddedDatabase,
    private readonly retention: StreamRetention,
    limits: StreamLimits,
  ) {
    super(limits);
    this.heads = new HeadTable(database, limits.maxStreams);
    this.reader = new BlockReader(database.blocks);
    this.trimmer = new Trimmer(database);
    this.sweeping = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeping.unref();
  }

  override async append(stream: string, entries: readonly Buffer[]): Promise<EntryId[]> {
    this.assertOpen();
    this.assertName(stream);
    if (entries.length === 0) return [];
    const head = this.heads.claim(stream);
    const now = BigInt(Date.now());
    let { last } = head;
    const ids = entries.map(() => (last = nextId(last, now)));
    return this.keep([{ stream, head, data: entries, ids }], ids);
  }

  async appendAll(entries: readonly NewEntry[]): Promise<EntryId[]> {
    this.assertOpen();
    for (const { stream } of entries) this.assertName(stream);
    const { parts, ids } = planAppend(entries, (stream) => this.heads.get(stream)?.last, this.heads.floors);
    assertRoomFor(parts, this.heads, this.limits.maxStreams);
    const claimed = parts.map((part) => ({ ...part, head: this.heads.claim(part.stream, part.floor ?? ZERO_PARTS) }));
    return this.keep(claimed, ids);
  }

  protected override tailStart(stream: string): EntryId {
    return formatId(this.heads.get(stream)?.committed ?? ZERO_PARTS);
  }

  protected override readChunk(stream: string, after: EntryId, limit: ReadLimit): ReadResult {
    this.assertOpen();
    const head = this.heads.get(stream);
    const ends = head && { removed: head.removedTo, last: head.last };
    return readFrom(stream, after, ends, (from) => (head ? this.reader.after(stream, head, from, limit) : []));
  }

  async readNewest(stream: string, count: number, maxBytes = Infinity): Promise<StoredEntry[]> {
    this.assertOpen();
    const head = this.heads.get(stream);
    return head ? this.reader.newest(stream, head, count, maxBytes) : [];
  }

  async list(): Promise<string[]> {
    return [...this.heads.keys()].sort();
  }

  async describe(stream: string): Promise<StreamDescription | undefined> {
    const head = this.heads.get(stream);
    if (!head) return undefined;
    const first = this.readChunk(stream, ZERO_ID, { count: 1 }).entries[0];
    const [last] = await this.readNewest(stream, 1);
    return {
      stream,
      length: head.added - head.removed,
      bytes: head.bytesAdded - head.bytesRemoved,
      lastGeneratedId: formatId(head.committed),
      entriesAdded: head.added,
      firstEntry: first?.id,
      lastEntry: last?.id,
      ...FIGURES_OF_REDIS,
    };
  }

  async metadata(stream: string): Promise<StreamMetadata | undefined> {
    return copyMetadata(this.heads.metadata.get(stream));
  }

  async setMetadata(stream: string, fields: StreamMetadata, { override = false } = {}): Promise<StreamMetadata> {
    this.assertOpen();
    this.assertName(stream);
    const { metadata } = this.heads;
    const stored = copyMetadata({ ...(override ? {} : metadata.get(stream)), ...fields });
    // Set before it is on disk, so that a change made meanwhile is merged over this one.
    metadata.set(stream, stored);
    try {
      await this.database.done(this.database.metadata.put(stream, stored));
    } catch (error) {
      this.heads.reloadMetadata(stream);
      throw error;
    }
    const head = this.heads.get(stream);
    if (head) this.trimmer.sweep(stream, head, this.bounds(stream));
    return copyMetadata(stored);
  }

  async position(group: string, stream: string): Promise<EntryId | undefined> {
    return this.database.positions.get(JSON.stringify([group, stream]));
  }

  async setPosition(group: string, stream: string, id: EntryId): Promise<void> {
    await this.database.done(this.database.positions.put(JSON.stringify([group, stream]), id));
  }

  /** Writes a few bytes for real: a full disk shows only then. */
  async check(): Promise<void> {
    this.assertOpen();
    await this.database.done(this.database.positions.put('check', String(Date.now())));
  }

  protected async closeStorage(): Promise<void> {
    clearInterval(this.sweeping);
    await this.database.settled();
    await this.database.close();
  }

  private keep(parts: readonly AppendPart[], ids: readonly IdParts[]): Promise<EntryId[]> {
    const writes = parts.flatMap(({ head, data, ids }) => writeBlocks(this.database.blocks, head, data, ids));
    return this.database.done(Promise.all(writes)).then(
      () => {
        for (const part of parts) this.committed(part);
        return ids.map(formatId);
      },
      async (error: unknown) => {
        await this.database.settled();
        this.heads.reload(parts.map(({ stream }) => stream));
        throw error;
      },
    );
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

  private sweep(): void {
    for (const [stream, head] of this.heads) this.trimmer.sweep(stream, head, this.bounds(stream));
  }

  private bounds(stream: string): Bounds {
    return boundsOf(this.retention, this.heads.metadata.get(stream));
  }

  protected async deleteOne(stream: string): Promise<DeletedStream> {
    const head = this.heads.get(stream);
    const metadata = this.heads.metadata.delete(stream);
    if (metadata) await this.database.done(this.database.metadata.remove(stream));
    if (!head) return { stream, metadata, entries: 0, existed: false };
    // From here on an append begins the stream anew; blocks under way belong to the old number and go with it.
    const forgotten = this.heads.forget(stream, head);
    this.publishEnd(stream);
    await this.database.done(forgotten);
    await this.database.settled();
    const { added, removed } = head;
    await this.database.done(this.database.removeBlocks(head.number));
    return { stream, metadata, entries: added - removed, existed: true };
  }
}

interface AppendPart extends PlannedPart {
  readonly head: StreamHead;
}
