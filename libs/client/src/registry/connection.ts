import type { Connection, FoundConnection, WireConnection } from '@millrace/protocol';

/** A partition, and how many entries it has, expired ones included. */
export interface Partition {
  readonly name: string;
  readonly entries: number;
}

/** As it goes over the wire. */
export function writeConnection({ uid, uri, dataType, connectionType = 0, capacity }: Connection): WireConnection {
  return {
    ...{ uid, uri, data_type: dataType, connection_type: connectionType },
    ...(capacity === undefined ? {} : { capacity }),
  };
}

/** From the wire. */
export function readConnection(value: unknown): FoundConnection {
  const { uid, uri, data_type: dataType, connection_type: connectionType, capacity = 0 } = value as WireConnection;
  return { uid, uri, dataType, connectionType, capacity };
}
