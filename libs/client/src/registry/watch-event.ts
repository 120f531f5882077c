import { readConnection, type FoundConnection } from './connection.js';

/** Everything that matches at one moment: comes first, and again after a gap. */
export interface ConnectionSnapshot {
  readonly type: 'snapshot';
  /** Position in the log of changes; a watch can go on after it. Opaque text. */
  readonly index: string;
  readonly connections: readonly FoundConnection[];
}

/** One connection came, changed, or went. */
export interface ConnectionChange {
  readonly type: 'published' | 'changed' | 'retracted' | 'expired';
  readonly index: string;
  /** By the registry's clock, in milliseconds since 1970. */
  readonly time: number;
  /** The connection after the change, or the last that was known of it. */
  readonly connection: FoundConnection;
}

/** Changes since the last event are no longer known; a snapshot follows. */
export interface ConnectionGap {
  readonly type: 'gap';
  readonly index: string;
}

/** What a watch tells. */
export type ConnectionEvent = ConnectionSnapshot | ConnectionChange | ConnectionGap;

/** Reads an event; undefined for a type of a newer server. */
export function readConnectionEvent(value: unknown): ConnectionEvent | undefined {
  const { type, index, ...rest } = value as { type: string; index: string; [member: string]: unknown };
  switch (type) {
    case 'snapshot':
      return { type, index, connections: (rest['connections'] as unknown[]).map(readConnection) };
    case 'published':
    case 'changed':
    case 'retracted':
    case 'expired':
      return { type, index, time: rest['time'] as number, connection: readConnection(rest['connection']) };
    case 'gap':
      return { type, index };
    default:
      return undefined;
  }
}
