import { randomBytes } from 'node:crypto';
import type { RedisConnections } from '@millrace/core/redis';
import { pause } from '@millrace/protocol';
import { restoreSnapshot, type StateSnapshot, takeSnapshot } from '../../engine/state/state-snapshot.js';
import type { FollowedShards } from './followed-shards.js';
import { writeAncestors } from './log/ancestors.js';
import { LOG_VERSION } from './log/log-entry.js';
import type { LogCalls } from './log/log-calls.js';
import { LOCK } from './log/redis-scripts.js';
import { BrokenLogError } from './log/registry-errors.js';
import { logKeys, shardOf } from './log/registry-keys.js';
import { BEGINNING, RegistryLog } from './log/registry-log.js';
import { FENCE, MOVED_OUT } from './log/table-scripts.js';
import type { RegistryClock } from './registry-clock.js';
import type { ShardTable } from './shard-table.js';
import { lackingIn } from './shard/carry-over.js';
import { type LoadedState, loadState, salvageState, type StateParts } from './shard/load-state.js';

/** How long a damaged log waits for instances of its own release, which have it in memory, in milliseconds. */
const PATIENCE = 4000;
const LOCK_TIME = 10_000;
const AGAIN = 100;

/**
 * Moves what a release with one log for the whole registry has left into the shards. From then on instances of that release say
 * that there is a newer one: what they have acknowledged before is in the shards, and they acknowledge nothing after it.
 */
export class EarlierRelease {
  private readonly log: RegistryLog;
  private moving: Promise<void> | undefined;

  constructor(
    private readonly connections: RedisConnections<'commands' | 'registry-tail'>,
    private readonly clock: RegistryClock,
    private readonly parts: StateParts & { readonly calls: LogCalls },
    private readonly shards: FollowedShards,
    private readonly table: ShardTable,
  ) {
    this.log = new RegistryLog(parts.calls, this.keys, () => BEGINNING);
  }

  /** Moves it, or waits until another instance has; does nothing where there is nothing. @throws MillraceError `UNAVAILABLE` */
  moveIn(signal: AbortSignal): Promise<void> {
    this.moving ??= this.moveOnce(signal).finally(() => (this.moving = undefined));
    return this.moving;
  }

  private get keys() {
    return logKeys(this.connections.keyPrefix);
  }

  private async moveOnce(signal: AbortSignal): Promise<void> {
    const redis = this.connections.get('commands');
    const { log, count, snapshot, lock } = this.keys;
    while ((await this.table.tell()).hasEarlier && !signal.aborted) {
      if ((await LOCK.run(redis, [lock], [LOCK_TIME])) !== 1) {
        await pause(AGAIN, signal);
        continue;
      }
      await this.untilWhole(signal);
      await FENCE.run(redis, [snapshot], [LOG_VERSION]);
      await this.divide(await this.load());
      await MOVED_OUT.run(redis, [log, count, snapshot], [LOG_VERSION]);
      await redis.del(lock);
    }
  }

  private async untilWhole(signal: AbortSignal): Promise<void> {
    const end = performance.now() + PATIENCE;
    while ((await this.log.survey(false)) && performance.now() < end) await pause(AGAIN, signal);
  }

  private async load(): Promise<LoadedState> {
    try {
      return await loadState(this.log, this.parts);
    } catch (error) {
      if (error instanceof BrokenLogError) return salvageState(this.log, this.parts);
      throw error;
    }
  }

  private async divide({ state }: LoadedState): Promise<void> {
    const snapshot = takeSnapshot(state);
    const numbers = new Set(snapshot.partitions.map(({ name }) => shardOf(name)));
    await Promise.all([...numbers].map((number) => this.moveTo(number, partOf(snapshot, number))));
    // The table names what holds something.
    await this.table.tell();
  }

  private async moveTo(number: number, part: StateSnapshot): Promise<void> {
    const { clock, shards } = this;
    const { calls, limits } = this.parts;
    const log = new RegistryLog(calls, shards.keysOf(number), () => BEGINNING);
    const isFounded = await log.found(
      BEGINNING,
      { epoch: part.epoch, state: JSON.stringify(part), recent: '[]' },
      writeAncestors([]),
      false,
    );
    await shards.use(number, async ({ shard }) => {
      await shard.load();
      if (isFounded) return;
      for (const command of lackingIn(shard.state, restoreSnapshot(part, limits), clock.now(), limits))
        await shard.commit(command);
    });
  }
}

/** What of a snapshot belongs to a shard. */
function partOf(snapshot: StateSnapshot, number: number): StateSnapshot {
  const partitions = snapshot.partitions.filter(({ name }) => shardOf(name) === number);
  const peaks = snapshot.peaks[1].filter(([name]) => shardOf(name) === number);
  return {
    ...snapshot,
    epoch: randomBytes(8).toString('hex'),
    peaks: [partitions.length, peaks],
    partitions,
  };
}
