import type { FoundConnection } from './connection.js';

/** What happened to a live connection. */
export type ChangeType = 'published' | 'changed' | 'retracted' | 'expired';

/** One connection came, changed, or went. */
export interface ConnectionChange<Found = FoundConnection> {
  readonly type: ChangeType;
  /** Position in the log of changes; a watch can go on after it. Opaque text. */
  readonly index: string;
  /** When it happened by the registry's clock, in milliseconds since 1970. */
  readonly time: number;
  /** The connection after the change, or the last that was known of it. */
  readonly connection: Found;
}

/** Everything that matches at one moment: comes first, and again after a gap. */
export interface ConnectionSnapshot<Found = FoundConnection> {
  readonly type: 'snapshot';
  readonly index: string;
  readonly connections: readonly Found[];
}

/** Changes between the watcher's position and the next event are no longer known; a snapshot follows. */
export interface ConnectionGap {
  readonly type: 'gap';
  readonly index: string;
}

/** What a watch of a partition tells. */
export type ConnectionEvent<Found = FoundConnection> =
  ConnectionSnapshot<Found> | ConnectionGap | ConnectionChange<Found>;
