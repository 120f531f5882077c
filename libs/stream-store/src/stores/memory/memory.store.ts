import type { Notice, OperationsPart } from '@millrace/core/ops';
import type { DeletedStream, EntryId, IdParts, StreamMetadata } from '@millrace/protocol';
import { compareIds, formatId, ZERO_PARTS } from '@millrace/protocol';
import type {
  AppendOptions,
  NewEntry,
  ProducerPosition,
  ReadLimit,
  ReadResult,
  StoredEntry,
  StreamDescription,
  StreamSummary,
} from '../../api/stream-store.js';
import type { StreamLimits, StreamRetention, StreamStoreDriver } from '../../stream-store.options.js';
import { StreamEndedError } from '../../api/store.errors.js';
import type { TailStart } from '../following/tails.js';
import { planAppend, type PlannedPart } from '../append-plan.js';
import { BaseStreamStore, copyMetadata, FIGURES_OF_REDIS, noSuchStream } from '../base-stream.store.js';
import { firstAbove, parseId } from '../../engine/entry-id.js';
import { type Bounds, boundsOf, newestWithin } from '../bounds.js';
import { Floors } from '../floors.js';
import { HeldProducers } from '../producers/held-producers.js';
import { producedStream } from '../producers/position.js';
import { readFrom } from '../read-from.js';
import { StreamNames } from '../stream-names.js';
import { LocalGroups } from '../groups/local-groups.js';
import { MemoryGroups } from './memory-groups.js';

interface MemoryStream {
  entries: StoredEntry[];
  bytes: number;
  added: number;
  last: IdParts;
  /** ID of the newest entry that retention removed. */
  removed: IdParts;
  ended: boolean;
  readonly producers: HeldProducers;
}

/** Keeps entries in the memory of the process, for tests: nothing outlives it, and an ack says no more than "received". */
export function memoryStore(): StreamStoreDriver {
  return { create: ({ retention, limits }) => new MemoryStreamStore(retention, limits) };
}

const FORGETFUL: Notice = {
  code: 'STREAMS_IN_MEMORY',
  level: 'warning',
  text: 'Streams are kept in the memory of the process: all entries are lost when it ends',
  remedy: 'Give the option store of StreamStoreModule embeddedStore() or redisStore()',
};

class MemoryStreamStore extends BaseStreamStore {
  override readonly operations: OperationsPart = { name: 'streams', notices: () => [FORGETFUL] };
  override readonly groups: LocalGroups;
  private readonly streams = new Map<string, MemoryStream>();
  private readonly meta = new Map<string, StreamMetadata>();
  private readonly floors: Floors;
  private readonly names: StreamNames;

  constructor(
    private readonly retention: StreamRetention,
    limits: StreamLimits,
  ) {
    super(limits);
    this.floors = new Floors(limits.maxStreams);
    this.names = new StreamNames(limits);
    const streams = {
      assertUsable: (stream: string) => this.assertUsable(stream),
      read: (stream: string, after: EntryId, limit: ReadLimit) => this.readChunk(stream, after, limit),
      lastId: (stream: string) => this.tailStart(stream).lastId,
      countAfter: (stream: string, id: EntryId) => this.countAfter(stream, id),
      watch: (stream: string, listener: () => void) => this.watch(stream, listener),
      oldPosition: () => undefined,
    };
    this.groups = new LocalGroups(streams, new MemoryGroups(), limits);
  }

  protected override tailStart(stream: string): TailStart {
    const { last = ZERO_PARTS, ended = false } = this.streams.get(stream) ?? {};
    return { lastId: formatId(last), ended };
  }

  override async appendAll(entries: readonly NewEntry[], options: AppendOptions = {}): Promise<EntryId[]> {
    this.assertOpen();
    for (const { stream } of entries) this.assertName(stream);
    const { owner, producer } = options;
    return producer && entries.length > 0
      ? this.appendOnce(entries, producer, owner)
      : this.appendNew(entries, owner).map(formatId);
  }

  protected override readChunk(name: string, after: EntryId, { count, maxBytes = Infinity }: ReadLimit): ReadResult {
    const stream = this.current(name);
    const entries = stream?.entries ?? [];
    return readFrom(name, after, stream, (cursor) => {
      const from = formatId(cursor);
      const found: StoredEntry[] = [];
      let bytes = 0;
      let index = firstAbove(entries.length, (place) => compareIds((entries[place] as StoredEntry).id, from) > 0);
      for (; index < entries.length && found.length < count; index += 1) {
        const entry = entries[index] as StoredEntry;
        bytes += entry.data.length;
        if (bytes > maxBytes && found.length > 0) break;
        found.push(entry);
      }
      return { entries: found };
    });
  }

  async readNewest(stream: string, count: number, maxBytes = Infinity): Promise<StoredEntry[]> {
    return newestWithin(this.current(stream)?.entries.slice(-count).reverse() ?? [], maxBytes);
  }

  async list(): Promise<string[]> {
    return [...this.streams.keys()].sort();
  }

  override async describe(stream: string): Promise<StreamDescription | undefined> {
    const summary = this.summary(stream);
    const { last = ZERO_PARTS } = this.streams.get(stream) ?? {};
    return summary && { ...summary, lastGeneratedId: formatId(last), ...FIGURES_OF_REDIS };
  }

  override async summaries(streams: readonly string[]): Promise<StreamSummary[]> {
    return streams.flatMap((stream) => this.summary(stream) ?? []);
  }

  override async metadata(stream: string): Promise<StreamMetadata | undefined> {
    return copyMetadata(this.meta.get(stream));
  }

  async setMetadata(
    stream: string,
    fields: StreamMetadata,
    { override = false, owner }: Pick<AppendOptions, 'owner'> & { override?: boolean } = {},
  ): Promise<StreamMetadata> {
    this.assertName(stream);
    const stored = this.merged(this.meta.get(stream), fields, override);
    this.names.assertRoom([{ stream }], owner);
    this.names.take(stream, owner);
    this.meta.set(stream, stored);
    this.current(stream);
    return copyMetadata(stored);
  }

  async end(name: string): Promise<EntryId> {
    this.assertOpen();
    const stream = this.streams.get(name);
    if (!stream) throw noSuchStream(name);
    stream.ended = true;
    this.publishEnd(name);
    return formatId(stream.last);
  }

  protected async deleteOne(stream: string): Promise<DeletedStream> {
    const found = this.streams.get(stream);
    const metadata = this.meta.delete(stream);
    this.names.release(stream);
    if (found) {
      this.streams.delete(stream);
      this.floors.keep(stream, found.last);
      this.publishDeletion(stream);
    }
    return { stream, metadata, entries: found?.entries.length ?? 0, existed: found !== undefined };
  }

  async check(): Promise<void> {
    this.assertOpen();
  }

  protected async closeStorage(): Promise<void> {
    // Nothing is under way.
  }

  private appendOnce(entries: readonly NewEntry[], producer: ProducerPosition, owner: string | undefined): EntryId[] {
    const stream = producedStream(entries, producer);
    const { producers = new HeldProducers() } = this.streams.get(stream) ?? {};
    const known = producers.known(producer, entries.length);
    const fresh = entries.slice(known.length);
    const ids = fresh.length > 0 ? this.appendNew(fresh, owner) : [];
    this.streams.get(stream)?.producers.appended(producer, entries.length - fresh.length, ids);
    return [...known, ...ids.map(formatId)];
  }

  private appendNew(entries: readonly NewEntry[], owner: string | undefined): IdParts[] {
    for (const { stream } of entries) if (this.streams.get(stream)?.ended) throw new StreamEndedError(stream);
    const { parts, ids } = planAppend(entries, (stream) => this.streams.get(stream)?.last, this.floors);
    this.names.assertRoom(parts, owner);
    for (const part of parts) {
      this.names.take(part.stream, owner);
      this.publish(part.stream, this.keep(part));
    }
    return ids;
  }

  private keep({ stream: name, data, ids, floor = ZERO_PARTS }: PlannedPart): StoredEntry[] {
    const last = ids.at(-1) as IdParts;
    const stream = this.streams.get(name) ?? {
      entries: [],
      bytes: 0,
      added: 0,
      last,
      removed: floor,
      ended: false,
      producers: new HeldProducers(),
    };
    this.streams.set(name, stream);
    this.floors.drop(name);
    const added = ids.map((id, index) => ({ stream: name, id: formatId(id), data: data[index] as Buffer }));
    for (const entry of added) {
      stream.entries.push(entry);
      stream.bytes += entry.data.length;
    }
    stream.added += added.length;
    stream.last = last;
    trim(stream, boundsOf(this.retention, this.meta.get(name)));
    return added;
  }

  private countAfter(name: string, id: EntryId): number {
    const entries = this.current(name)?.entries ?? [];
    return entries.length - firstAbove(entries.length, (at) => compareIds((entries[at] as StoredEntry).id, id) > 0);
  }

  private summary(stream: string): StreamSummary | undefined {
    const found = this.current(stream);
    return (
      found && {
        stream,
        length: found.entries.length,
        bytes: found.bytes,
        ended: found.ended,
        entriesAdded: found.added,
        firstEntry: found.entries[0]?.id,
        lastEntry: found.entries.at(-1)?.id,
        groups: this.groups.count(stream),
      }
    );
  }

  /** A stream as retention leaves it now. */
  private current(name: string): MemoryStream | undefined {
    const stream = this.streams.get(name);
    if (stream) trim(stream, boundsOf(this.retention, this.meta.get(name)));
    return stream;
  }
}

function trim(stream: MemoryStream, { maxLength, maxAge, maxBytes }: Bounds): void {
  const oldest = maxAge === Infinity ? undefined : BigInt(Math.max(0, Date.now() - maxAge));
  let drop = 0;
  let { bytes } = stream;
  for (const { id, data } of stream.entries) {
    const over =
      stream.entries.length - drop > maxLength ||
      bytes - data.length >= maxBytes ||
      (oldest !== undefined && parseId(id).ms < oldest);
    if (!over) break;
    bytes -= data.length;
    drop += 1;
  }
  if (drop === 0) return;
  stream.removed = parseId((stream.entries[drop - 1] as StoredEntry).id);
  stream.entries = stream.entries.slice(drop);
  stream.bytes = bytes;
}
