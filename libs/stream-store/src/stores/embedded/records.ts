import type { Database } from 'lmdb';
import { type EntryId, readIdParts, type StreamMetadata, thrownName } from '@millrace/protocol';
import { StoreUnavailableError } from '../../api/store.errors.js';
import type { AsideRecord, GroupRecord } from '../groups/group-record.js';
import { GROUP_DEFAULTS } from '../groups/group-rules.js';
import { checksum } from './blocks/checksum.js';
import type { DamageLog } from './damage-log.js';

/** What is stored of a stream beside its blocks, under its name. */
export interface StreamRecord {
  readonly number: number;
  /** State of an emptied stream, whose blocks can no longer tell it. */
  readonly last?: string;
  readonly added?: number;
  readonly bytesAdded?: number;
  /** It was ended for good. */
  readonly ended?: true;
  /** Checksum over all that and the name: a changed name or number would give blocks to another stream. Older ones have none. */
  readonly sum?: number;
}

/** A record as it is to be stored under a stream's name. */
export function sealRecord(stream: string, record: StreamRecord): StreamRecord {
  return { ...record, sum: sumOf(stream, record) };
}

function sumOf(stream: string, { number, last, added, bytesAdded, ended }: StreamRecord): number {
  const fields = [stream, number, last, added, bytesAdded, ...(ended ? [ended] : [])];
  return checksum(Buffer.from(JSON.stringify(fields)), 0);
}

/** Entries of a producer whose IDs follow each other. */
export interface ProducerRecord {
  readonly epoch: number;
  /** Number of the first one. */
  readonly sequence: number;
  readonly entries: number;
  /** ID of the first one. */
  readonly id: EntryId;
  /** When the last one came, in milliseconds since 1970. */
  readonly at: number;
  /** Checksum over all that and the key: by a changed number, entries would be taken for repeats. */
  readonly sum: number;
}

/** A record as it is to be stored under the key of a producer. */
export function sealProducer(key: string, record: Omit<ProducerRecord, 'sum'>): ProducerRecord {
  return { ...record, sum: sumOfProducer(key, record) };
}

function sumOfProducer(key: string, { epoch, sequence, entries, id, at }: Omit<ProducerRecord, 'sum'>): number {
  return checksum(Buffer.from(JSON.stringify([key, epoch, sequence, entries, id, at])), 0);
}

/** What the tables beside the blocks hold: by stream, and those of groups by what {@link positionKey} or {@link asideKey} gives. */
export interface Records {
  readonly streams: StreamRecord;
  readonly metadata: StreamMetadata;
  /** Of groups that an earlier release kept. */
  readonly positions: EntryId;
  readonly groups: GroupRecord;
  readonly aside: AsideRecord;
  readonly floors: EntryId;
  readonly owners: string;
  /** By the number of the stream, the producer, and the place of the record. */
  readonly producers: ProducerRecord;
}

/** The greatest number of a stream: keys of blocks have four bytes for it, and end below the next one. */
const MOST_STREAMS = 0xfffffffe;

const isId = (value: unknown): boolean => typeof value === 'string' && readIdParts(value) !== undefined;
const isAmount = (value: unknown): boolean =>
  value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0);

/** Whether what was read can be a record, and for one with a checksum, whether it is what was stored. */
const IS_WHOLE: { readonly [Name in keyof Records]: (value: unknown, key: string) => boolean } = {
  streams: (value, stream) => {
    if (!isObject(value)) return false;
    const { number, last, added, bytesAdded, ended, sum } = value as unknown as StreamRecord;
    if (!Number.isSafeInteger(number) || number < 1 || number > MOST_STREAMS) return false;
    if ((last !== undefined && !isId(last)) || !isAmount(added) || !isAmount(bytesAdded)) return false;
    if (ended !== undefined && ended !== true) return false;
    return sum === undefined || sum === sumOf(stream, value as unknown as StreamRecord);
  },
  metadata: isObject,
  positions: isId,
  groups: isGroup,
  aside: (value) => isObject(value) && isId(value['id']) && ['string', 'undefined'].includes(typeof value['data']),
  floors: isId,
  owners: (value) => typeof value === 'string' && value !== '',
  producers: (value, key) =>
    isObject(value) &&
    isId(value['id']) &&
    value['sum'] === sumOfProducer(key, value as unknown as Omit<ProducerRecord, 'sum'>),
};

/** Whether a record is what was stored under a key, as far as that can be known. */
export function isWholeRecord(table: keyof Records, key: string, value: unknown): boolean {
  return IS_WHOLE[table](value, key);
}

function isGroup(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { ordered, idle, maxDeliveries, last, pending, aside, dropped, gap } = value;
  if (typeof ordered !== 'boolean' || !Number.isSafeInteger(idle) || !Number.isSafeInteger(maxDeliveries)) return false;
  if (!isId(last) || !Number.isSafeInteger(dropped) || (gap !== undefined && !isObject(gap))) return false;
  return [pending, aside].every(
    (list) =>
      Array.isArray(list) && list.every((pair: unknown) => Array.isArray(pair) && isId(pair[0]) && isAmount(pair[1])),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Key of the record that says where a group of consumers stands in a stream. */
export function positionKey(group: string, stream: string): string {
  return JSON.stringify([group, stream]);
}

/** Key of the record of an entry that a group has set aside. */
export function asideKey(group: string, stream: string, id: EntryId): string {
  return JSON.stringify([group, stream, id]);
}

/** Where a group begins whose position is damaged: all that is kept comes again, and nothing is left out. */
export const LOST_POSITION: EntryId = '0-0';

/** The same for a group whose record is damaged. */
export const LOST_GROUP: GroupRecord = { ...GROUP_DEFAULTS, last: LOST_POSITION, pending: [], aside: [], dropped: 0 };

/** Tables by the names of their records. */
type Tables = { readonly [Name in keyof Records]: Database<Records[Name], string> };

/** Reads the tables beside the blocks. All that is read passes here, so that a damaged record is never taken for a whole one. */
export class CheckedRecords {
  constructor(
    private readonly tables: Tables,
    private readonly damage: DamageLog,
  ) {}

  /**
   * One record; undefined when there is none, and when it is damaged, which is reported.
   *
   * @throws StoreUnavailableError when the storage cannot be read, as all other methods
   */
  get<Name extends keyof Records>(name: Name, key: string): Records[Name] | undefined {
    return this.read(name, key) ?? undefined;
  }

  /** Where a group of consumers stands in a stream; {@link LOST_POSITION} where that is damaged. */
  position(group: string, stream: string): EntryId | undefined {
    const id = this.read('positions', positionKey(group, stream));
    return id === null ? LOST_POSITION : id;
  }

  /** The records of a table by their keys; one that is damaged is undefined. */
  *all<Name extends keyof Records>(name: Name): Generator<[key: string, record: Records[Name] | undefined]> {
    for (const key of this.keys(name)) {
      const record = this.get(name, key);
      if (typeof key === 'string') yield [key, record];
    }
  }

  keys(name: keyof Records): string[] {
    try {
      return [...this.tables[name].getKeys()];
    } catch (error) {
      throw this.unreadable(name, error);
    }
  }

  private unreadable(name: keyof Records, cause: unknown): StoreUnavailableError {
    return new StoreUnavailableError(this.damage.adviceFor(`The table "${name}" cannot be read`), { cause });
  }

  /** Null for a damaged one. */
  private read<Name extends keyof Records>(name: Name, key: string): Records[Name] | undefined | null {
    const table: Database<Records[Name], string> = this.tables[name];
    try {
      const record = table.get(key);
      if (record === undefined ? !table.doesExist(key) : isWholeRecord(name, key, record)) return record;
    } catch (error) {
      // Whatever else it is, it says nothing of the record.
      if (thrownName(error) !== 'SyntaxError') throw this.unreadable(name, error);
    }
    this.damage.record(`The record ${JSON.stringify(String(key))} in the table "${name}" is damaged${MEANING[name]}`);
    return null;
  }
}

/** What follows from a damaged record. */
const MEANING: { readonly [Name in keyof Records]: string } = {
  streams: ': nobody knows which blocks are of this stream, so it is not served',
  metadata: ': its stream is bounded by nothing until it gets new ones',
  positions: ': the group gets all that is kept once more',
  groups: ': the group gets all that is kept once more',
  aside: ': an entry that a group had set aside is lost',
  floors: ': the deleted stream counts as ended now',
  owners: ': the stream counts to the share of no one',
  producers: ': what the producer repeats may be stored twice',
};
