import { type LogKeys, SHARDS, shardKeys } from './log/registry-keys.js';
import type { ShardHoldings, ShardTable } from './shard-table.js';
import { RegistryShard, type ShardParts } from './shard/registry-shard.js';
import type { LogPast } from './shard/restoration.js';

/** A shard that this instance follows. */
export interface FollowedShard {
  readonly shard: RegistryShard;
  /** Commands of this instance on their way which change what a partition says, by its name; '' for all partitions. */
  readonly changing: Map<string, number>;
  /** Calls and watches under way. */
  holds: number;
  usedAt: number;
  /** Until when it holds what was published here, in milliseconds by the registry's clock. */
  keepUntil: number;
}

/**
 * The shards that this instance follows: those that it has looked up, watched or published in lately. What was published here is
 * kept in memory as long as it lives, for a Redis that loses it.
 */
export class FollowedShards {
  private readonly followed = new Map<number, FollowedShard>();
  /** Commands applied in shards that are no longer followed. */
  private appliedBefore = 0;

  constructor(
    private readonly parts: ShardParts,
    private readonly table: () => ShardTable,
    private readonly idleTimeout: number,
  ) {}

  get all(): ReadonlyMap<number, FollowedShard> {
    return this.followed;
  }

  get applied(): number {
    return [...this.followed.values()].reduce((sum, { shard }) => sum + shard.applied, this.appliedBefore);
  }

  keysOf(shard: number): LogKeys {
    return shardKeys(this.parts.connections.keyPrefix, shard);
  }

  /** Does something with a shard, which is followed from now on. */
  async use<T>(shard: number, work: (followed: FollowedShard) => Promise<T>): Promise<T> {
    const followed = this.hold(shard);
    try {
      return await work(followed);
    } finally {
      this.release(followed);
    }
  }

  /** Follows a shard until {@link release}, and a while longer. */
  hold(number: number): FollowedShard {
    let followed = this.followed.get(number);
    if (!followed) {
      const shard = new RegistryShard(this.parts, this.keysOf(number), () => this.pastOf(number));
      followed = { shard, changing: new Map(), holds: 0, usedAt: 0, keepUntil: 0 };
      this.followed.set(number, followed);
    }
    followed.holds += 1;
    return followed;
  }

  release(followed: FollowedShard): void {
    followed.holds -= 1;
    followed.usedAt = performance.now();
  }

  /** What this instance knows of the shards that it follows. */
  *holdings(): Iterable<readonly [number, ShardHoldings]> {
    for (const [number, { shard }] of this.followed) {
      const { partitions, size } = shard.state;
      const { count } = shard.position;
      if (shard.isLoaded) yield [number, { count, partitions: partitions.size, connections: size }];
    }
  }

  /** Every shard that holds something, or has held it: with those that the table has lost. */
  async founded(): Promise<number[]> {
    const { shards } = await this.table().tell();
    const redis = this.parts.connections.get('commands');
    const isFounded = async (number: number): Promise<boolean> => {
      if (shards.has(number) || this.followed.get(number)?.shard.isLoaded) return true;
      const { log, snapshot } = this.keysOf(number);
      return (await redis.exists(log, snapshot)) > 0;
    };
    const numbers = Array.from({ length: SHARDS }, (_, number) => number);
    const found = await Promise.all(numbers.map(isFounded));
    return numbers.filter((number) => found[number]);
  }

  /** Leaves what was not used for a while, and bounds the changes that all of them remember for watchers. */
  tidy(now: number): void {
    const idleSince = performance.now() - this.idleTimeout;
    for (const [number, { shard, holds, usedAt, keepUntil }] of this.followed) {
      if (holds > 0 || usedAt > idleSince || keepUntil > now) continue;
      this.appliedBefore += shard.applied;
      this.followed.delete(number);
      shard.close();
    }
    this.boundHistory();
  }

  close(): void {
    for (const { shard } of this.followed.values()) shard.close();
  }

  private boundHistory(): void {
    const logs = [...this.followed.values()].map(({ shard }) => shard.state.log);
    let excess = logs.reduce((sum, { length }) => sum + length, 0) - this.parts.limits.maxHistory * 1.25;
    for (const log of logs.sort((left, right) => right.length - left.length)) {
      if (excess <= 0) return;
      const { length } = log;
      log.keep(Math.max(0, Math.ceil(length - excess)));
      excess -= length - log.length;
    }
  }

  private async pastOf(number: number): Promise<LogPast> {
    const { shards, settlesIn } = await this.table().tell();
    return { wasFounded: shards.has(number), settlesIn };
  }
}
