import { areaKeys } from '@millrace/core/redis';

export type RegistryKeys = ReturnType<typeof registryKeys>;

/** The keys of one registry; scripts touch several, so they lie on one node of a cluster. */
export function registryKeys(keyPrefix: string) {
  const key = areaKeys(keyPrefix, 'connectivity');
  return {
    /** Stream of commands in their order, each with its number, time and version. */
    log: key('log'),
    /** Number of the last command. */
    count: key('count'),
    /**
     * Hash of the registry's `time`, and when that was noted by the clock of Redis, `wall`. While the log is damaged, also
     * how far the instance is that got furthest, `claim`.
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

/** The keys as scripts get them: `KEYS[1]` to `KEYS[4]`. */
export function scriptKeys({ log, count, clock, snapshot }: RegistryKeys): [string, string, string, string] {
  return [log, count, clock, snapshot];
}
