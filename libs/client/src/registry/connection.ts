import type {
  Connection,
  ConnectionEvent,
  FoundConnection,
  WireConnection,
  WireRegistryEntries,
  WireRegistryEntry,
} from '@millrace/protocol';

/** A partition, and how many entries it has, expired ones included. */
export interface Partition {
  readonly name: string;
  readonly entries: number;
}

/** A connection of a partition with its circumstances. */
export interface RegistryEntry extends FoundConnection {
  /** User name or key id of who published it last; null where that is not known, and where the server's application did. */
  readonly publisher: string | null;
  /** Whether the server's application itself published it. */
  readonly host: boolean;
  /** When it was published last. */
  readonly published: Date;
  /** Milliseconds until it expires, when the answer was made; 0 when it has. */
  readonly timeLeft: number;
  /** False once it has expired: lookups do not find it; it can still be retracted. */
  readonly live: boolean;
}

/** Entries of a partition, in the order of their first publication. */
export interface RegistryEntries {
  readonly entries: readonly RegistryEntry[];
  /** Whether more match than were asked for. */
  readonly more: boolean;
}

/** What tells connections of a partition apart: a name may be published with several data types. */
export function keyOf({ uid, dataType }: Connection): string {
  return `${uid}\0${dataType}`;
}

/** As it goes over the wire. */
export function writeConnection({ uid, uri, dataType, connectionType = 0, capacity }: Connection): WireConnection {
  return { uid, uri, data_type: dataType, connection_type: connectionType, capacity };
}

/** From the wire. */
export function readConnection(value: unknown): FoundConnection {
  const { uid, uri, data_type: dataType, connection_type: connectionType, capacity = 0 } = value as WireConnection;
  return { uid, uri, dataType, connectionType, capacity };
}

/** Reads the answer of `GET /connections/{partition}/entries`. */
export function readRegistryEntries(value: unknown): RegistryEntries {
  const { entries, more } = value as WireRegistryEntries;
  return { entries: entries.map(readRegistryEntry), more };
}

function readRegistryEntry(value: WireRegistryEntry): RegistryEntry {
  const { publisher, host, published, time_left: timeLeft, live } = value;
  return { ...readConnection(value), publisher, host, published: new Date(published), timeLeft, live };
}

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
