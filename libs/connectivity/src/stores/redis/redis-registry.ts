import { MillraceError } from '@millrace/core/errors';
import type { OperationsPart } from '@millrace/core/ops';
import { type RedisConnections, redisError } from '@millrace/core/redis';
import { pause, thrownText } from '@millrace/protocol';
import type { RegistrySettings } from '../../api/registry-driver.js';
import type { Command } from '../../engine/state/apply-command.js';
import { ReplyCache } from '../../engine/state/reply-cache.js';
import { type Reached, type RegistrySizes, StateRegistry, type WatchedState } from '../../engine/state-registry.js';
import { EarlierRelease } from './earlier-release.js';
import { FollowedShards } from './followed-shards.js';
import { LogCalls } from './log/log-calls.js';
import { BrokenLogError, SUBJECT } from './log/registry-errors.js';
import { shardOf, tableKeys } from './log/registry-keys.js';
import { Publications } from './publications.js';
import type { RedisRegistrySettings } from './redis-registry.options.js';
import { BEAT, RegistryClock } from './registry-clock.js';
import { ShardTable } from './shard-table.js';
import { Trouble } from './shard/trouble.js';
import { WatchTail } from './watch-tail.js';

/**
 * Several instances, one registry. Its partitions are divided among shards, each with a log of commands in Redis; an instance
 * follows those that it serves, applies their commands to states in memory, and answers from there. When a log is damaged or
 * lost, the instances that follow it found it anew.
 */
export class RedisRegistry extends StateRegistry {
  override readonly operations: OperationsPart;
  private readonly trouble = new Trouble();
  private readonly clock: RegistryClock;
  private readonly shards: FollowedShards;
  private readonly table: ShardTable;
  private readonly publications: Publications;
  private readonly earlier: EarlierRelease;
  private readonly tail: WatchTail;
  private following: Promise<unknown> = Promise.resolve();
  /** While Redis may have lost what comes back from other instances a moment later. */
  private settling: Promise<void> | undefined;

  constructor(
    settings: RegistrySettings,
    private readonly connections: RedisConnections<'commands' | 'registry-tail'>,
    { snapshotEvery, idleTimeout }: RedisRegistrySettings,
  ) {
    super(settings);
    this.operations = connections.operations;
    const { limits } = settings;
    const { signal } = this.ending;
    const { trouble } = this;
    const keys = tableKeys(connections.keyPrefix);
    const replies = new ReplyCache(limits.maxReplyCacheBytes);
    const clock = new RegistryClock(connections, keys);
    this.clock = clock;
    const calls = new LogCalls(connections.get('commands'), clock, connections.isCluster);
    const parts = { connections, calls, clock, trouble, snapshotEvery, signal, limits, replies };
    this.shards = new FollowedShards(parts, () => this.table, idleTimeout);
    this.table = new ShardTable(connections, keys, clock, () => this.shards.holdings());
    this.publications = new Publications(this.shards, this.table, clock, limits);
    this.earlier = new EarlierRelease(connections, clock, parts, this.shards, this.table);
    this.tail = new WatchTail(connections, keys, signal);
  }

  /** Finds out what time it is, and what is there. @throws MillraceError `UNAVAILABLE` */
  async start(): Promise<this> {
    const { signal } = this.ending;
    await this.clock.join(signal);
    const { hasEarlier, settlesIn } = await this.table.tell();
    if (hasEarlier) await this.earlier.moveIn(signal);
    // What Redis has lost a moment ago comes back from the instances that are still there. The start need not wait for it.
    if (settlesIn > 0) this.settling = pause(settlesIn, signal).then(() => void (this.settling = undefined));
    await this.everywhere((number) => this.shards.use(number, ({ shard }) => shard.enter()));
    this.trouble.over();
    // Another server may have taken over without the last commands. Those who have applied them publish them again, at best before
    // the others answer without them.
    this.connections.get('commands').on('ready', this.reconnected);
    this.following = Promise.all([this.beat(), this.tail.run()]);
    return this;
  }

  override async close(): Promise<void> {
    if (!this.ending.signal.aborted) {
      await super.close();
      this.connections.get('commands').off('ready', this.reconnected);
      this.shards.close();
      this.connections.close();
    }
    await this.following;
  }

  async ping(): Promise<void> {
    await this.connections.check();
    await this.table.tell();
    // A watch may wait for its shard then.
    if (this.settling) return;
    await Promise.all([...this.shards.all.values()].map(({ shard }) => shard.reach()));
  }

  protected get applied(): number {
    return this.shards.applied;
  }

  protected async commit(command: Command): Promise<void> {
    await this.settling;
    switch (command.op) {
      case 'publish':
        return this.publications.publish(command);
      case 'retract':
      case 'retract-partition':
        return this.publications.change(shardOf(command.partition), command.partition, command);
      default:
        await this.everywhere((number) => this.publications.change(number, '', command));
        if (command.op === 'reset-peaks') await this.table.forgetMost();
        else await this.table.tell();
    }
  }

  protected reach(partition: string): Promise<Reached> {
    return this.reachShard(shardOf(partition));
  }

  protected reachAll(): Promise<readonly Reached[]> {
    return this.everywhere((number) => this.reachShard(number));
  }

  protected async sizes(): Promise<RegistrySizes> {
    await Promise.all([...this.shards.all.values()].map(({ shard }) => shard.reach()));
    const { shards, maxPartitions } = await this.table.tell();
    const all = [...new Map([...shards, ...this.shards.holdings()]).values()];
    return {
      partitions: all.reduce((sum, { partitions }) => sum + partitions, 0),
      connections: all.reduce((sum, { connections }) => sum + connections, 0),
      maxPartitions,
    };
  }

  protected watched(partition: string): WatchedState {
    const followed = this.shards.hold(shardOf(partition));
    const { shard } = followed;
    const end = this.tail.watch(shard);
    return {
      get state() {
        return shard.state;
      },
      release: () => {
        end();
        this.shards.release(followed);
      },
    };
  }

  private async reachShard(number: number): Promise<Reached> {
    await this.settling;
    return this.shards.use(number, async ({ shard }) => {
      const now = await shard.reach();
      return { state: shard.state, now };
    });
  }

  private async everywhere<T>(work: (shard: number) => Promise<T>): Promise<T[]> {
    const founded = await this.connections.persist(() => this.shards.founded());
    return Promise.all(founded.map(work));
  }

  private readonly reconnected = (): void => {
    for (const { shard } of this.shards.all.values()) if (shard.isLoaded) void this.noting(() => shard.lookAround());
  };

  /** Lets the others know that time goes by, and looks whether all that is followed is whole. Never rejects. */
  private async beat(): Promise<void> {
    const { signal } = this.ending;
    const looking = new Map<object, Promise<boolean>>();
    for (;;) {
      await pause(BEAT, signal);
      if (signal.aborted) return;
      const works = [this.noting(() => this.tellTable())];
      for (const { shard } of this.shards.all.values()) {
        if (!shard.isLoaded) continue;
        // A restoration may take several beats.
        let look = looking.get(shard);
        if (!look) {
          look = this.noting(() => shard.lookAround()).finally(() => looking.delete(shard));
          looking.set(shard, look);
        }
        works.push(look);
      }
      const isWell = await Promise.race([Promise.all(works), pause(BEAT, signal).then(() => [false])]);
      if (isWell.every(Boolean)) this.trouble.over();
      this.shards.tidy(this.clock.now());
    }
  }

  private async tellTable(): Promise<void> {
    const { hasEarlier } = await this.table.tell();
    // Instances of an earlier release have gone on with their own log after all was lost.
    if (hasEarlier) await this.earlier.moveIn(this.ending.signal);
  }

  /** @returns whether it went well */
  private async noting(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      // A repair has its own words.
      if (error instanceof BrokenLogError || this.ending.signal.aborted) return false;
      const [trouble, why] = [thrownText(redisError(error, SUBJECT)), thrownText(error)];
      this.trouble.note(trouble.includes(why) || error instanceof MillraceError ? trouble : `${trouble} (${why})`);
      return false;
    }
  }
}
