import type { Actor } from './actor.js';
import type { WatchEvent, WatchOptions } from './watch-event.js';
import type { ConnectionEntry } from './connection-entry.js';
import type { Connection, ConnectionQuery } from '@millrace/protocol';
import type { ListedConnection } from './listed-connection.js';
import type { PartitionSummary, RegistryStatistics } from './registry-statistics.js';

/**
 * Who is reachable where. The class is the injection token; `memoryRegistry()` and `redisRegistry()` make the two
 * drivers. Any other has to pass the contract in `@millrace/connectivity/testing`.
 *
 * Every method may throw `MillraceError` with code `UNAVAILABLE` when what a driver depends on is out of reach.
 *
 * @publicApi
 */
export abstract class ConnectionRegistry {
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

  /** Entries of a partition, expired ones included, in the order of their first publication. @throws PartitionNotFoundError */
  abstract list(partition: string): Promise<readonly ListedConnection[]>;

  /** Figures since the start, or since the last {@link resetStatistics}. */
  abstract statistics(): Promise<RegistryStatistics>;

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
