import { compareParts, formatId, type IdParts, type StreamMetadata, ZERO_ID, ZERO_PARTS } from '@millrace/protocol';
import { StoreUnavailableError, StreamEndedError } from '../../api/store.errors.js';
import { parseId } from '../../engine/entry-id.js';
import { Floors } from '../floors.js';
import { type NameLimits, StreamNames } from '../stream-names.js';
import { endKey, firstKey, streamOfKey } from './blocks/block-key.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import { sealRecord, type StreamRecord } from './records.js';
import { lastNumberOf, numbersOf } from './producers/producer-keys.js';
import { endsOf } from './stream-ends.js';

/** What the store knows of one stream without reading. */
export interface StreamHead {
  /** Number that the stream's keys begin with. */
  readonly number: number;
  /** Last ID given, kept or on its way. */
  last: IdParts;
  /** Last ID that is on disk. */
  committed: IdParts;
  /** Entries and bytes of data that were ever added, on their way included. */
  added: number;
  bytesAdded: number;
  /** The same of those that retention removed. */
  removed: number;
  bytesRemoved: number;
  /** ID of the newest entry that retention removed. */
  removedTo: IdParts;
  /** Whether it was ended for good. */
  ended: boolean;
  /** When appends last looked at the age of the oldest entries. */
  agedAt: number;
}

/** The head of a stream that has no entries, or no longer. */
function emptyHead(number: number, last = ZERO_PARTS, added = 0, bytesAdded = 0): StreamHead {
  return {
    number,
    last,
    committed: last,
    added,
    bytesAdded,
    removed: added,
    bytesRemoved: bytesAdded,
    removedTo: last,
    ended: false,
    agedAt: 0,
  };
}

/** What is stored of a stream beside its blocks. An emptied one has no block to tell its state. */
export function streamRecordOf(
  stream: string,
  { number, last, added, removed, bytesAdded, ended }: StreamHead,
): StreamRecord {
  const state = removed >= added ? { last: formatId(last), added, bytesAdded } : {};
  return sealRecord(stream, { number, ...state, ...(ended ? { ended } : {}) });
}

/** Floors that are part of the transaction which removes or begins their stream; its error is the one that is reported. */
function storedFloors(database: EmbeddedDatabase, most: number): Floors {
  const ignore = (): undefined => undefined;
  const floors = new Floors(most, {
    put: (stream, floor) => void database.floors.put(stream, formatId(floor)).catch(ignore),
    remove: (stream) => void database.floors.remove(stream).catch(ignore),
  });
  // Where one is damaged, all that is from before counts as gone.
  const now = { ms: BigInt(Date.now()), seq: 0n };
  const stored = [...database.records.all('floors')].map(([stream, id]) => {
    return { stream, floor: id === undefined ? now : parseId(id) };
  });
  // The oldest first, as well as IDs can tell.
  for (const { stream, floor } of stored.sort((a, b) => compareParts(a.floor, b.floor))) floors.load(stream, floor);
  return floors;
}

/** Owners that are part of the transaction which begins or removes their stream. */
function storedNames(limits: NameLimits, database: EmbeddedDatabase): StreamNames {
  const { owners, records } = database;
  const ignore = (): undefined => undefined;
  const names = new StreamNames(limits, {
    put: (name, owner) => void owners.put(name, owner).catch(ignore),
    remove: (name) => void owners.remove(name).catch(ignore),
  });
  const stored = new Map(records.all('owners'));
  for (const table of ['streams', 'metadata'] as const)
    for (const name of records.keys(table)) names.load(name, stored.get(name));
  return names;
}

/** The ends of all streams by their names, in memory; made from the first and last block of each when the store opens. */
export class HeadTable extends Map<string, StreamHead> {
  readonly metadata = new Map<string, StreamMetadata>();
  readonly floors: Floors;
  readonly names: StreamNames;
  /** Streams whose metadata are damaged: nobody knows their bounds, so nothing may be removed by those of the store. */
  readonly unbounded = new Set<string>();
  /** Streams whose records are damaged: nobody knows which blocks are theirs. */
  private readonly unreadable = new Set<string>();
  private nextNumber = 1;

  constructor(
    private readonly database: EmbeddedDatabase,
    limits: NameLimits,
  ) {
    super();
    for (const [stream, record] of database.records.all('streams')) {
      if (!record) {
        this.unreadable.add(stream);
        continue;
      }
      this.set(stream, this.read(stream, record));
      this.nextNumber = Math.max(this.nextNumber, record.number + 1);
    }
    // Before those of a deleted stream are removed, its number must not be used anew.
    this.nextNumber = Math.max(this.nextNumber, lastNumberOf(database.producers) + 1);
    for (const [stream, metadata] of database.records.all('metadata')) {
      if (metadata) this.metadata.set(stream, metadata);
      else this.unbounded.add(stream);
    }
    this.floors = storedFloors(database, limits.maxStreams);
    this.names = storedNames(limits, database);
  }

  /**
   * The head of a stream that is about to be written; a new stream is recorded in the same transaction.
   *
   * @param owner who makes a new one
   * @param floor the ID that a new one begins behind: its first block tells it from then on
   * @throws MillraceError when there may be no further one
   */
  claim(stream: string, owner: string | undefined, floor = this.floors.get(stream)): StreamHead {
    const known = this.get(stream);
    if (known) return known;
    this.assertReadable(stream);
    this.names.assertRoom([{ stream }], owner);
    this.names.take(stream, owner);
    const head = emptyHead(this.nextNumber++, floor);
    this.set(stream, head);
    this.floors.drop(stream);
    // Should it fail, so do the blocks written with it, and their error is the one that is reported.
    this.database.streams.put(stream, sealRecord(stream, { number: head.number })).catch(() => undefined);
    return head;
  }

  /** @throws StreamEndedError */
  assertTaking(stream: string): void {
    if (this.get(stream)?.ended) throw new StreamEndedError(stream);
  }

  /** The head of a stream that is about to be read; undefined for an unknown one. @throws as {@link assertReadable} */
  find(stream: string): StreamHead | undefined {
    const head = this.get(stream);
    if (!head) this.assertReadable(stream);
    return head;
  }

  /** @throws StoreUnavailableError for a stream of which nobody knows what it holds: it is not one without entries */
  private assertReadable(stream: string): void {
    if (!this.unreadable.has(stream)) return;
    const text = `The record of the stream "${stream}" is damaged, so it is not served, and takes no entries`;
    throw new StoreUnavailableError(this.database.checked.damage.adviceFor(text));
  }

  /** Whether something is stored under a name, readable or not. */
  isStored(stream: string): boolean {
    return [this, this.metadata, this.unbounded, this.unreadable].some((names) => names.has(stream));
  }

  /** @param head undefined when there are no entries, or nobody knows which they are */
  forget(stream: string, head: StreamHead | undefined): Promise<unknown> {
    this.delete(stream);
    this.metadata.delete(stream);
    this.unbounded.delete(stream);
    this.unreadable.delete(stream);
    this.releaseUnused(stream);
    if (head) this.floors.keep(stream, head.last);
    return Promise.all([this.database.metadata.remove(stream), this.database.streams.remove(stream)]);
  }

  /** Makes the heads of streams anew from what is stored; no write may be under way. */
  reload(streams: readonly string[]): void {
    for (const stream of streams) {
      const record = this.database.records.get('streams', stream);
      if (record) Object.assign(this.get(stream) ?? {}, this.read(stream, record));
      else this.delete(stream);
      this.reloadName(stream);
      const floor = this.database.records.get('floors', stream);
      if (floor) this.floors.load(stream, parseId(floor));
    }
  }

  /** Makes the metadata of a stream anew from what is stored. */
  reloadMetadata(stream: string): void {
    const stored = this.database.records.get('metadata', stream);
    if (stored) this.metadata.set(stream, stored);
    else this.metadata.delete(stream);
    if (!stored && this.database.metadata.doesExist(stream)) this.unbounded.add(stream);
    this.reloadName(stream);
  }

  /** Gives a name back that has neither entries nor metadata any more. */
  releaseUnused(stream: string): void {
    if (!this.has(stream) && !this.metadata.has(stream)) this.names.release(stream);
  }

  /** Makes the owner of a name anew from what is stored. */
  reloadName(stream: string): void {
    if (this.has(stream) || this.metadata.has(stream))
      this.names.load(stream, this.database.records.get('owners', stream));
    else this.names.forget(stream);
  }

  private read(
    stream: string,
    { number, last: lastOfEmptied = ZERO_ID, added = 0, bytesAdded = 0, ended }: StreamRecord,
  ): StreamHead {
    const ends = endsOf(this.database.checked, stream, number);
    if (!ends) return { ...emptyHead(number, parseId(lastOfEmptied), added, bytesAdded), ended: ended === true };
    const { last, newest, oldest, removedTo } = ends;
    const head = emptyHead(number, last, added, bytesAdded);
    if (newest) {
      head.added = newest.start.addedBefore + newest.count;
      head.bytesAdded = newest.start.bytesBefore + newest.bytes;
    }
    if (oldest) {
      head.removed = oldest.start.addedBefore;
      head.bytesRemoved = oldest.start.bytesBefore;
    }
    head.removedTo = removedTo;
    head.ended = ended === true;
    return head;
  }

  /** Numbers of blocks and producers without a stream: a process that was killed while it deleted one has left them. */
  orphans(): number[] {
    const known = new Set([...this.values()].map(({ number }) => number));
    const orphans = numbersOf(this.database.producers).filter((number) => !known.has(number));
    let start = firstKey(0);
    for (;;) {
      const [key] = this.database.blocks.getKeys({ start, limit: 1 });
      // While a record is damaged they may be those of its stream.
      if (!key) return this.unreadable.size > 0 ? [] : orphans;
      const number = streamOfKey(key);
      this.nextNumber = Math.max(this.nextNumber, number + 1);
      if (!known.has(number)) orphans.push(number);
      start = endKey(number);
    }
  }
}
