import type { Database } from 'lmdb';
import type { EntryId, StreamMetadata } from '@millrace/protocol';
import { checksum } from './blocks/checksum.js';
import type { DamageLog } from './damage-log.js';

/** What is stored of a stream beside its blocks, under its name. */
export interface StreamRecord {
  readonly number: number;
  /** State of an emptied stream, whose blocks can no longer tell it. */
  readonly last?: string;
  readonly added?: number;
  readonly bytesAdded?: number;
  /** Checksum over all that and the name: a changed name or number would give blocks to another stream. Older ones have none. */
  readonly sum?: number;
}

/** A record as it is to be stored under a stream's name. */
export function sealRecord(stream: string, record: StreamRecord): StreamRecord {
  return { ...record, sum: sumOf(stream, record) };
}

/** Whether what was read under a name is what was stored there. */
export function isWholeRecord(stream: string, record: StreamRecord | undefined): record is StreamRecord {
  if (typeof record !== 'object' || !Number.isSafeInteger(record.number)) return false;
  return record.sum === undefined || record.sum === sumOf(stream, record);
}

function sumOf(stream: string, { number, last, added, bytesAdded }: StreamRecord): number {
  return checksum(Buffer.from(JSON.stringify([stream, number, last, added, bytesAdded])), 0);
}

/** What the tables beside the blocks hold, by stream. */
export interface Records {
  readonly streams: StreamRecord;
  readonly metadata: StreamMetadata;
  readonly floors: EntryId;
  readonly owners: string;
}

/** The records of a table by their streams; one that is damaged is reported, and undefined. */
export function* readRecords<Name extends keyof Records>(
  table: Database<Records[Name], string>,
  name: Name,
  damage: DamageLog,
): Generator<[stream: string, record: Records[Name] | undefined]> {
  for (const stream of table.getKeys()) {
    let record: Records[Name] | undefined;
    try {
      record = table.get(stream);
      if (name === 'streams' && !isWholeRecord(stream, record as StreamRecord)) record = undefined;
    } catch {
      // It is not JSON.
    }
    if (record === undefined)
      damage.record(`The record of the stream "${String(stream)}" in the table "${name}" is damaged`);
    if (typeof stream === 'string') yield [stream, record];
  }
}
