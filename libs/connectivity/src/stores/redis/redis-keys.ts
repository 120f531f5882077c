/** The keys of one registry. The braces keep them on one node of a cluster, since scripts touch several. */
export class RedisKeys {
  /** Stream of commands in their order; the entry ids carry the time of the server. */
  readonly log: string;
  /** How many commands there ever were. */
  readonly count: string;
  /** Hash of the latest snapshot: `count`, `id` (of its last log entry), `state`. */
  readonly snapshot: string;
  /** Held by the instance that is writing a snapshot. */
  readonly lock: string;

  constructor(prefix: string) {
    const tag = `{${prefix}}`;
    this.log = `${tag}:log`;
    this.count = `${tag}:count`;
    this.snapshot = `${tag}:snapshot`;
    this.lock = `${tag}:snapshot-lock`;
  }
}
