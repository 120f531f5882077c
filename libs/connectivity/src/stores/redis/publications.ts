import type { ConnectivityLimits } from '../../connectivity.limits.js';
import { type Command, type Holdings, namesAdded } from '../../engine/state/apply-command.js';
import { newRevision, StaleTouchError, touchOf } from '../../engine/state/touch.js';
import type { RegistryState } from '../../engine/state/registry-state.js';
import type { FollowedShard, FollowedShards } from './followed-shards.js';
import { shardOf } from './log/registry-keys.js';
import type { RegistryClock } from './registry-clock.js';
import type { ShardTable, Table } from './shard-table.js';

type Publication = Extract<Command, { op: 'publish' }>;

/** How often other shards are asked to forget what is expired, at most, in milliseconds. */
const FORGET_EVERY = 1000;

/**
 * Commits what concerns one partition. A publication that says nothing new goes out as a touch; one that adds something is first
 * held against what the other shards have.
 */
export class Publications {
  private forgotAt = -Infinity;

  constructor(
    private readonly shards: FollowedShards,
    private readonly table: ShardTable,
    private readonly clock: RegistryClock,
    private readonly limits: ConnectivityLimits,
  ) {}

  /** @throws MillraceError of the command, or `UNAVAILABLE` */
  publish(command: Publication): Promise<void> {
    const number = shardOf(command.partition);
    return this.shards.use(number, async (followed) => {
      await followed.shard.load();
      if (await this.touched(followed, command)) return;
      await this.changed(followed, command.partition, () => this.publishNew(number, followed, command));
      this.keep(followed, command.ttl);
    });
  }

  /** Any other command that concerns one partition, or a whole shard: ''. */
  async change(number: number, partition: string, command: Command): Promise<void> {
    await this.shards.use(number, (followed) =>
      this.changed(followed, partition, () => followed.shard.commit(command)),
    );
  }

  private async touched(followed: FollowedShard, command: Publication): Promise<boolean> {
    const { shard, changing } = followed;
    // What is on its way may change what the numbers stand for; and this one comes after it.
    if (changing.has(command.partition) || changing.has('')) return false;
    const touch = touchOf(shard.state, command);
    if (!touch) return false;
    try {
      await shard.commit(touch);
    } catch (error) {
      if (error instanceof StaleTouchError) return false;
      throw error;
    }
    this.keep(followed, command.ttl);
    return true;
  }

  private async publishNew(number: number, { shard }: FollowedShard, command: Publication): Promise<void> {
    const { table } = this;
    const { partitions } = shard.state;
    const known = partitions.get(command.partition);
    const added = namesAdded(command.connections, known);
    const before = table.known && othersThan(number, table.known);
    if (known && (added === 0 || (before && isRoomy(before, shard.state, added, this.limits)))) {
      return shard.commit({ ...command, others: before, revision: newRevision() });
    }
    const { order, table: latest } = known ? { order: undefined, table: await table.tell() } : await table.place();
    const wanted = { partitions: known ? 0 : 1, connections: added };
    let others = othersThan(number, latest);
    if (isTooMuch(others, shard.state, wanted, this.limits) && others.connections + others.partitions > 0) {
      others = othersThan(number, await this.forgetElsewhere(number, latest));
    }
    await shard.commit({ ...command, others, order, revision: newRevision() });
    // Others see at once what it takes up.
    await table.tell();
  }

  /** Expired entries of other shards give way as well. */
  private async forgetElsewhere(number: number, table: Table): Promise<Table> {
    if (performance.now() - this.forgotAt < FORGET_EVERY) return table;
    this.forgotAt = performance.now();
    const others = [...table.shards].filter(
      ([shard, { partitions, connections }]) => shard !== number && partitions + connections > 0,
    );
    await Promise.all(others.map(([shard]) => this.change(shard, '', { op: 'forget-expired' })));
    return this.table.tell();
  }

  private async changed(followed: FollowedShard, partition: string, work: () => Promise<void>): Promise<void> {
    const { changing } = followed;
    changing.set(partition, (changing.get(partition) ?? 0) + 1);
    try {
      await work();
    } finally {
      const left = (changing.get(partition) ?? 1) - 1;
      if (left > 0) changing.set(partition, left);
      else changing.delete(partition);
    }
  }

  private keep(followed: FollowedShard, ttl: number): void {
    followed.keepUntil = Math.max(followed.keepUntil, this.clock.now() + ttl);
  }
}

function othersThan(number: number, { shards }: Table): Holdings {
  const others = { partitions: 0, connections: 0 };
  for (const [shard, { partitions, connections }] of shards) {
    if (shard === number) continue;
    others.partitions += partitions;
    others.connections += connections;
  }
  return others;
}

/** Whether it does not matter that the table may be a beat old. */
function isRoomy(others: Holdings, { size }: RegistryState, added: number, limits: ConnectivityLimits): boolean {
  return 2 * (others.connections + size + added) <= limits.maxConnections;
}

function isTooMuch(
  others: Holdings,
  { partitions, size }: RegistryState,
  wanted: Holdings,
  { maxPartitions, maxConnections }: ConnectivityLimits,
): boolean {
  if (wanted.partitions > 0 && others.partitions + partitions.size + wanted.partitions > maxPartitions) return true;
  return others.connections + size + wanted.connections > maxConnections;
}
