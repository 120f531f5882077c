import { areaKeys } from '@millrace/core/redis';

/**
 * Parts of a registry, each with a log of its own; a partition lies in one of them by its name. So many whatever the number of
 * partitions, so that neither the keys nor what an instance follows grows with what clients name.
 */
export const SHARDS = 16;

export type LogKeys = ReturnType<typeof logKeys>;
export type TableKeys = ReturnType<typeof tableKeys>;

/** The shard of a partition. Every instance has to agree on it: another rule is another layout of the data. */
export function shardOf(partition: string): number {
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(partition)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % SHARDS;
}

/** The keys of one shard; scripts touch several, so they lie on one node of a cluster, and those of the shards on different ones. */
export function shardKeys(keyPrefix: string, shard: number): LogKeys {
  return logKeys(keyPrefix, `connectivity:${shard}`);
}

/** The keys of a log in one area. Earlier releases had one log for the whole registry, in the area `connectivity`. */
export function logKeys(keyPrefix: string, area = 'connectivity') {
  const key = areaKeys(keyPrefix, area);
  return {
    /** Stream of commands in their order, each entry with its number, time and version. */
    log: key('log'),
    /** Number of the last entry. */
    count: key('count'),
    /**
     * Hash of the `time` of the log's last question or command; that of the whole registry also has when it was noted by the
     * clock of Redis, `wall`. While the log is damaged, also how far the instance is that got furthest, `claim`.
     */
    clock: key('clock'),
    /**
     * Hash of the latest snapshot: `count`, `id` (of its last log entry), `state`, and its version, `v`; `epoch`, which
     * names the log that it belongs to; `from`, the logs before that; `recent`, the commands applied last.
     */
    snapshot: key('snapshot'),
    /** Held by the instance that is writing a snapshot. */
    lock: key('snapshot-lock'),
  };
}

/** The keys of the registry as a whole; the log and its snapshot are those of earlier releases. */
export function tableKeys(keyPrefix: string) {
  const key = areaKeys(keyPrefix, 'connectivity');
  return {
    ...logKeys(keyPrefix),
    /**
     * Hash with a field for each shard that was founded: number of a log entry, partitions, connections. Besides them, when
     * the table itself was made, `born`, and whether another may have been lost then, `suspect`; the `order` of the
     * partition that came last; the most partitions at once, `peak`.
     */
    shards: key('shards'),
    /** Nothing is kept here: instances wait at it, by which Redis counts them. */
    presence: key('presence'),
  };
}

/** The keys as scripts get them: `KEYS[1]` to `KEYS[4]`. */
export type ScriptKeys = [string, string, string, string];

export function scriptKeys({ log, count, clock, snapshot }: LogKeys): ScriptKeys {
  return [log, count, clock, snapshot];
}
