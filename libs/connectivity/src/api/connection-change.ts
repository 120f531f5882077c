import type { ConnectionEntry } from './connection-entry.js';

/** What happened to a live connection. */
export type ChangeType = 'published' | 'changed' | 'retracted' | 'expired';

/** One change of a partition, as its watchers see it. A publication that says nothing new is none. */
export interface ConnectionChange {
  readonly type: ChangeType;
  /** Position in the log of changes; resume after it. Opaque text. */
  readonly index: string;
  /** When it happened by the registry's clock, in milliseconds since 1970. */
  readonly time: number;
  /** The connection after the change, or the last that was known of it. */
  readonly connection: ConnectionEntry;
}

/** Everything that matches at one moment: sent first, and again after a gap. */
export interface ConnectionSnapshot {
  readonly type: 'snapshot';
  readonly index: string;
  readonly connections: readonly ConnectionEntry[];
}

/** Changes between the watcher's position and the next event are no longer known; a snapshot follows. */
export interface ConnectionGap {
  readonly type: 'gap';
  readonly index: string;
}

export type WatchEvent = ConnectionSnapshot | ConnectionGap | ConnectionChange;

export interface WatchOptions {
  /** Continue after this index of an earlier event, instead of beginning with a snapshot. */
  readonly after?: string;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}
