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
}

/** One partition in a listing. */
export interface PartitionSummary {
  readonly name: string;
  /** Entries, expired ones included. */
  readonly entries: number;
}
