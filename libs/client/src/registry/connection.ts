/** One connection, as it is published. */
export interface Connection {
  /** Name; unique in its partition together with the data type. */
  readonly uid: string;
  /** Where it is reached, for example `tcp://host:1234`. */
  readonly uri: string;
  readonly dataType: string;
  /** 0 send and receive, 1 publish and subscribe. @default 0 */
  readonly connectionType?: number;
  /** @default 0 */
  readonly capacity?: number;
}

/** One connection, as it is found. */
export type FoundConnection = Required<Connection>;

/** Which connections are meant. */
export interface ConnectionQuery {
  /** Has to match the whole name, in the syntax of Python's `re`. @default '.*' */
  readonly pattern?: string | undefined;
  /** Compared exactly. */
  readonly dataType?: string | undefined;
}

/** A partition, and how many entries it has, expired ones included. */
export interface Partition {
  readonly name: string;
  readonly entries: number;
}

interface WireConnection {
  readonly uid: string;
  readonly uri: string;
  readonly data_type: string;
  readonly connection_type: number;
  readonly capacity?: number;
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
