import type { EntryId, WireStreamNumbers } from '@millrace/protocol';
import type { CallLimits } from '../timing/call-limits.js';

/** Options of `StreamsApi.statistics`. */
export interface StreamNumbersOptions extends CallLimits {
  /** Only streams whose names contain this text. */
  match?: string;
  /** Only names behind this one: the last of the answer before. */
  after?: string;
  /** Streams of one answer, at most 10000. @default 1000 */
  count?: number;
}

/** The numbers of one stream (stream-store§4). */
export interface StreamNumbers {
  readonly name: string;
  /** Entries it has. */
  readonly entries: number;
  /** Bytes of data, where the store counts them. */
  readonly bytes: number | undefined;
  /** Entries that were ever added. */
  readonly added: number;
  /** IDs of the first and last kept entries; undefined where it has none. */
  readonly firstId: EntryId | undefined;
  readonly lastId: EntryId | undefined;
  /** Whether it was ended for good. */
  readonly ended: boolean;
  /** Groups of consumers. */
  readonly groups: number;
  /** Pull sockets, and readers of events and pictures, that the instance which answers has open. */
  readonly readers: number;
  /** Push sockets that it has open. */
  readonly writers: number;
  /** Entries added in a second of late, on all instances; undefined until the server has looked twice, at least 1 s apart. */
  readonly rate: number | undefined;
}

/** Reads one object of `GET /streams?statistics=true`. */
export function streamNumbersOf({ first_id, last_id, bytes, rate, ...same }: WireStreamNumbers): StreamNumbers {
  return {
    ...same,
    bytes: bytes ?? undefined,
    firstId: first_id ?? undefined,
    lastId: last_id ?? undefined,
    rate: rate ?? undefined,
  };
}
