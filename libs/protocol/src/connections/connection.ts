/** How a connection is used, as numbered by the DUNE clients. */
export const ConnectionType = Object.freeze({ SEND_RECEIVE: 0, PUBLISH_SUBSCRIBE: 1, INVALID: 2 });

/** Who is reachable where: what a publisher says of one connection (connectivity§1). */
export interface Connection {
  /** Name of the connection, unique within its partition together with the data type. */
  readonly uid: string;
  /** Where to connect, for example `tcp://192.168.1.100:1234`. */
  readonly uri: string;
  /** Name of the message type carried. */
  readonly dataType: string;
  /** A {@link ConnectionType}; other integers pass through unchanged. @default 0 */
  readonly connectionType?: number;
  /** @default 0 */
  readonly capacity?: number;
}

/** One connection, as it is found. */
export type FoundConnection = Required<Connection>;

/** What to look for within one partition. */
export interface ConnectionQuery {
  /** Has to match the whole name, in the syntax of Python's `re`. Absent: every name. */
  readonly pattern?: string | undefined;
  /** Compared exactly. Absent: every data type. */
  readonly dataType?: string | undefined;
}

/** One connection, as it goes over the wire. */
export interface WireConnection {
  readonly uid: string;
  readonly uri: string;
  readonly data_type: string;
  readonly connection_type: number;
  readonly capacity?: number;
}

/** One entry of a partition with its circumstances, as it goes over the wire. */
export interface WireRegistryEntry extends Required<WireConnection> {
  /** User name or key id of who published it last; null where that is not known, and where the server's application did. */
  readonly publisher: string | null;
  /** Whether the server's application itself published it. */
  readonly host: boolean;
  /** When it was published last, in milliseconds since 1970. */
  readonly published: number;
  /** Milliseconds until it expires; 0 when it has. */
  readonly time_left: number;
  /** False once it has expired: lookups do not find it; it can still be retracted. */
  readonly live: boolean;
}

/** The answer of `GET /connections/{partition}/entries`. */
export interface WireRegistryEntries {
  /** In the order of first publication. */
  readonly entries: readonly WireRegistryEntry[];
  /** Whether more match than were asked for. */
  readonly more: boolean;
}

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
