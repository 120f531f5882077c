import type { StoredEntry } from '../../api/stream-entry.js';
import type { IdParts } from '@millrace/protocol';

/** Where a block stands in its stream. */
export interface BlockStart {
  readonly addedBefore: number;
  readonly bytesBefore: number;
  /** ID of the entry before this block. */
  readonly previous: IdParts;
}

/** A stored block, whichever way it is kept. */
export interface StoredBlock extends BlockStart {
  readonly count: number;
  /** Bytes of data. */
  readonly bytes: number;
  idAt(index: number): IdParts;
  /** An entry; its data are a view of what was read. */
  entryAt(index: number, stream: string): StoredEntry;
  /** Index of the first entry above an ID; the count when there is none. */
  firstAfter(id: IdParts): number;
}
