import { type IdParts, ZERO_PARTS } from '@millrace/protocol';

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

/** What is stored of a stream beside its blocks, under its name. */
export interface StreamRecord {
  readonly number: number;
  /** State of an emptied stream, whose blocks can no longer tell it. */
  readonly last?: string;
  readonly added?: number;
  readonly bytesAdded?: number;
}

export function newHead(number: number): StreamHead {
  return {
    number,
    last: ZERO_PARTS,
    committed: ZERO_PARTS,
    added: 0,
    bytesAdded: 0,
    removed: 0,
    bytesRemoved: 0,
    removedTo: ZERO_PARTS,
    agedAt: 0,
  };
}
