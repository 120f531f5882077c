import type { Database } from 'lmdb';
import type { EntryId, StreamMetadata } from '@millrace/protocol';
import type { DamageLog } from './damage-log.js';

/** What is stored of a stream beside its blocks, under its name. */
export interface StreamRecord {
  readonly number: number;
  /** State of an emptied stream, whose blocks can no longer tell it. */
  readonly last?: string;
  readonly added?: number;
  readonly bytesAdded?: number;
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
    } catch {
      // It is not JSON.
      damage.record(`The record of the stream "${String(stream)}" in the table "${name}" is damaged`);
    }
    if (typeof stream === 'string') yield [stream, record];
  }
}
