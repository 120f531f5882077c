import type { IdParts } from '@millrace/protocol';
import type { StoredEntry } from '../../../api/stream-store.js';
import type { BlockStart } from './block-start.js';

/** A stored block, whichever way it is kept. */
export interface StoredBlock {
  readonly start: BlockStart;
  readonly count: number;
  /** Bytes of data. */
  readonly bytes: number;
  idAt(index: number): IdParts;
  /** An entry; its data are a view of what was read. */
  entryAt(index: number, stream: string): StoredEntry;
  /** Index of the first entry above an ID; the count when there is none. */
  firstAfter(id: IdParts): number;
}
