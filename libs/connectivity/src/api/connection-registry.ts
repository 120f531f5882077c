import type { OperationsPart } from '@millrace/core/ops';
import type { Connection, ConnectionEvent, ConnectionQuery } from '@millrace/protocol';
import type { ConnectionEntry } from './connection-entry.js';

/**
 * Who is reachable where. The class is the injection token; `memoryRegistry()` and `redisRegistry()` make the two
 * drivers. Any other has to pass the contract in `@millrace/connectivity/testing`.
 *
 * Every method may throw `MillraceError` with code `UNAVAILABLE` when what a driver depends on is out of reach.
 *
 * @publicApi
 */
export abstract class ConnectionRegistry {
  /** What the storage says of itself to those who operate the service, beside what the module says. */
  readonly operations?: OperationsPart;

  /**
   * Publishes connections all at once, restarting their clocks; the partition comes into being, also by an empty list.
   *
   * @throws NotPublisherError nothing is stored when one of the names belongs to somebody else
   * @throws RegistryFullError nothing is stored when a limit is passed
   */
  abstract publish(partition: string, connections: readonly Connection[], actor?: Actor): Promise<void>;

  /**
   * Live connections whose whole name and data type match, in the order of their first publication.
   *
   * @throws PatternError @throws PartitionNotFoundError @throws ResultTooLargeError
   */
  abstract lookup(partition: string, query: ConnectionQuery): Promise<readonly ConnectionEntry[]>;

  /** The same as the bytes of a JSON list, which the registry may keep; they must not be changed. */
  abstract lookupJson(partition: string, query: ConnectionQuery): Promise<Buffer>;

  /**
   * Removes connections by their names, expired ones too; a partition left without entries goes as well.
   *
   * @throws PartitionNotFoundError
   * @throws ConnectionNotFoundError after the removal of the others, when a name was unknown or listed twice
   * @throws NotPublisherError nothing is removed when one of them belongs to somebody else
   */
  abstract retract(partition: string, uids: readonly string[], actor?: Actor): Promise<void>;

  /** Removes a partition with all it holds. @throws PartitionNotFoundError @throws NotPublisherError */
  abstract retractPartition(partition: string, actor?: Actor): Promise<void>;

  /** Removes everything. */
  abstract clear(): Promise<void>;

  /** Partitions in the order of their first publication. */
  abstract partitions(): Promise<readonly PartitionSummary[]>;

  /**
   * Entries of a partition, expired ones included, in the order of their first publication.
   *
   * @throws PatternError @throws PartitionNotFoundError
   */
  abstract list(partition: string, query?: ListQuery): Promise<readonly ListedConnection[]>;

  /** Figures since the start, or since the last {@link resetStatistics}. */
  abstract statistics(): Promise<RegistryStatistics>;

  /** The same without what concerns single partitions, for metrics: a driver may know it from less. */
  counts(): Promise<Omit<RegistryStatistics, 'maxConnections'>> {
    return this.statistics();
  }

  /** Starts counting anew; answers the figures until now. */
  abstract resetStatistics(): Promise<RegistryStatistics>;

  /**
   * The matching set, then its changes, each once and in order. Never skips in silence: a watcher that was too slow, or
   * resumes too late, gets a `gap` and a new `snapshot`. The partition need not exist yet.
   *
   * @throws PatternError
   */
  abstract watch(partition: string, query: ConnectionQuery, options?: WatchOptions): AsyncIterable<WatchEvent>;

  /** Resolves when the registry answers, within a deadline of its own; for readiness and health. */
  abstract ping(): Promise<void>;

  /** Ends every watch and lets go of connections and timers. */
  abstract close(): Promise<void>;
}

/** On whose behalf something is changed. Absent: nobody is asked who they are, and everything may be changed. */
export interface Actor {
  /** User name or key id; remembered as the publisher. */
  readonly subject: string;
  /** May change what others published. */
  readonly admin: boolean;
}

/** The host's own code. No user has this name, so nobody else can replace what the host announces, or retract it. */
export const HOST_ACTOR: Actor = Object.freeze({ subject: '\u0000host', admin: true });

/** What a watch tells: everything that matches, then each change, and a gap where changes were missed. */
export type WatchEvent = ConnectionEvent<ConnectionEntry>;

export interface WatchOptions {
  /** Continue after this index of an earlier event, instead of beginning with a snapshot. */
  readonly after?: string;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

/** Which entries of a partition are listed, and how many. */
export interface ListQuery extends ConnectionQuery {
  /** Without those that have expired. @default false */
  readonly live?: boolean;
  /** The first of them, at most so many. @default all */
  readonly count?: number;
}

/** An entry with its circumstances, for pages and tools. Lookups answer live ones only. */
export interface ListedConnection {
  readonly entry: ConnectionEntry;
  /** False once its time is over; it can still be retracted, and comes back when published again. */
  readonly live: boolean;
  /** When it was published last, and until when that holds, in milliseconds since 1970 by the clock of this machine. */
  readonly publishedAt: number;
  readonly expiresAt: number;
  /** Who published it, where that is known. */
  readonly publisher: string | undefined;
}

/** Calls of one kind which succeeded. */
export interface CallStatistics {
  readonly calls: number;
  /** Time spent in them, in microseconds. */
  readonly microseconds: number;
}

/** Figures of a registry. Calls and times are those of this process; sizes are those of the whole registry. */
export interface RegistryStatistics {
  /** Since when is counted, in milliseconds since 1970. */
  readonly since: number;
  readonly publish: CallStatistics;
  readonly lookup: CallStatistics;
  /** Partitions now, and the most there were at once. */
  readonly partitions: number;
  readonly maxPartitions: number;
  /** Entries now, expired ones included. */
  readonly connections: number;
  /** The most entries each partition ever had, expired ones included, in order of first sight. */
  readonly maxConnections: ReadonlyMap<string, number>;
  /** Watches under way in this process. */
  readonly watchers: number;
  /** Changes of the registry that this process has applied to what it holds in memory, those of other processes included. */
  readonly applied?: number;
}

/** One partition in a listing. */
export interface PartitionSummary {
  readonly name: string;
  /** Entries, expired ones included. */
  readonly entries: number;
}
