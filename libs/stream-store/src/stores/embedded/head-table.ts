import { compareParts, formatId, type IdParts, type StreamMetadata, ZERO_ID, ZERO_PARTS } from '@millrace/protocol';
import { parseId } from '../../engine/entry-id.js';
import { Floors } from '../floors.js';
import { type NameLimits, StreamNames } from '../stream-names.js';
import { endKey, firstKey, readBlock } from './block.js';
import type { EmbeddedDatabase, StreamRecord } from './embedded-database.js';

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
    agedAt: 0,
  };
}

/** Floors that are part of the transaction which removes or begins their stream; its error is the one that is reported. */
function storedFloors(database: EmbeddedDatabase['floors'], most: number): Floors {
  const ignore = (): undefined => undefined;
  const floors = new Floors(most, {
    put: (stream, floor) => void database.put(stream, formatId(floor)).catch(ignore),
    remove: (stream) => void database.remove(stream).catch(ignore),
  });
  const stored = [...database.getRange()].map(({ key, value }) => ({ stream: key, floor: parseId(value) }));
  // The oldest first, as well as IDs can tell.
  for (const { stream, floor } of stored.sort((a, b) => compareParts(a.floor, b.floor))) floors.load(stream, floor);
  return floors;
}

/** Owners that are part of the transaction which begins or removes their stream. */
function storedNames(limits: NameLimits, { owners, streams, metadata }: EmbeddedDatabase): StreamNames {
  const ignore = (): undefined => undefined;
  const names = new StreamNames(limits, {
    put: (name, owner) => void owners.put(name, owner).catch(ignore),
    remove: (name) => void owners.remove(name).catch(ignore),
  });
  for (const table of [streams, metadata]) for (const name of table.getKeys()) names.load(name, owners.get(name));
  return names;
}

/** The ends of all streams by their names, in memory; made from the first and last block of each when the store opens. */
export class HeadTable extends Map<string, StreamHead> {
  readonly metadata = new Map<string, StreamMetadata>();
  readonly floors: Floors;
  readonly names: StreamNames;
  private nextNumber = 1;

  constructor(
    private readonly database: EmbeddedDatabase,
    limits: NameLimits,
  ) {
    super();
    for (const { key, value } of database.streams.getRange()) {
      this.set(key, this.read(value));
      this.nextNumber = Math.max(this.nextNumber, value.number + 1);
    }
    for (const { key, value } of database.metadata.getRange()) this.metadata.set(key, value);
    this.floors = storedFloors(database.floors, limits.maxStreams);
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
    this.names.assertRoom([{ stream }], owner);
    this.names.take(stream, owner);
    const head = emptyHead(this.nextNumber++, floor);
    this.set(stream, head);
    this.floors.drop(stream);
    // Should it fail, so do the blocks written with it, and their error is the one that is reported.
    this.database.streams.put(stream, { number: head.number }).catch(() => undefined);
    return head;
  }

  forget(stream: string, { last }: StreamHead): Promise<boolean> {
    this.delete(stream);
    this.releaseUnused(stream);
    this.floors.keep(stream, last);
    return this.database.streams.remove(stream);
  }

  /** Makes the heads of streams anew from what is stored; no write may be under way. */
  reload(streams: readonly string[]): void {
    for (const stream of streams) {
      const record = this.database.streams.get(stream);
      if (record) Object.assign(this.get(stream) ?? {}, this.read(record));
      else this.delete(stream);
      this.reloadName(stream);
      const floor = this.database.floors.get(stream);
      if (floor) this.floors.load(stream, parseId(floor));
    }
  }

  /** Makes the metadata of a stream anew from what is stored. */
  reloadMetadata(stream: string): void {
    const stored = this.database.metadata.get(stream);
    if (stored) this.metadata.set(stream, stored);
    else this.metadata.delete(stream);
    this.reloadName(stream);
  }

  /** Gives a name back that has neither entries nor metadata any more. */
  releaseUnused(stream: string): void {
    if (!this.has(stream) && !this.metadata.has(stream)) this.names.release(stream);
  }

  /** Makes the owner of a name anew from what is stored. */
  reloadName(stream: string): void {
    if (this.has(stream) || this.metadata.has(stream)) this.names.load(stream, this.database.owners.get(stream));
    else this.names.forget(stream);
  }

  private read({ number, last: lastOfEmptied = ZERO_ID, added, bytesAdded }: StreamRecord): StreamHead {
    const range = { start: firstKey(number), end: endKey(number) };
    const [first] = this.database.blocks.getRange({ ...range, limit: 1 });
    const [last] = this.database.blocks.getRange({ start: range.end, end: range.start, reverse: true, limit: 1 });
    if (!first || !last) return emptyHead(number, parseId(lastOfEmptied), added, bytesAdded);
    const newest = readBlock(last.key, last.value);
    const { addedBefore, bytesBefore } = newest.start;
    const id = newest.idAt(newest.count - 1);
    const head = emptyHead(number, id, addedBefore + newest.count, bytesBefore + newest.bytes);
    const { start } = readBlock(first.key, first.value);
    head.removed = start.addedBefore;
    head.bytesRemoved = start.bytesBefore;
    head.removedTo = start.previous;
    return head;
  }

  /** Numbers of blocks without a stream: a process that was killed while it deleted one has left them. */
  orphans(): number[] {
    const orphans: number[] = [];
    const known = new Set([...this.values()].map(({ number }) => number));
    let start = firstKey(0);
    for (;;) {
      const [key] = this.database.blocks.getKeys({ start, limit: 1 });
      if (!key) return orphans;
      const number = key.readUInt32BE(0);
      this.nextNumber = Math.max(this.nextNumber, number + 1);
      if (!known.has(number)) orphans.push(number);
      start = endKey(number);
    }
  }
}
