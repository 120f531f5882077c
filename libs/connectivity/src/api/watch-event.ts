import type { ConnectionEvent } from '@millrace/protocol';
import type { ConnectionEntry } from './connection-entry.js';

/** What a watch tells: everything that matches, then each change, and a gap where changes were missed. */
export type WatchEvent = ConnectionEvent<ConnectionEntry>;

export interface WatchOptions {
  /** Continue after this index of an earlier event, instead of beginning with a snapshot. */
  readonly after?: string;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}
