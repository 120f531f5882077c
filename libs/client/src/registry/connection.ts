import type { Connection, ConnectionEvent, FoundConnection, WireConnection } from '@millrace/protocol';

/** A partition, and how many entries it has, expired ones included. */
export interface Partition {
  readonly name: string;
  readonly entries: number;
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
