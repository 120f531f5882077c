import { MillraceError } from '@millrace/core/errors';
import type { Connection, ConnectionQuery } from '@millrace/protocol';
import { CallCounter } from './call-counter.js';
import { PatternCache } from './patterns/pattern-cache.js';
import type { NamePattern } from './patterns/name-pattern.js';
import {
  type Actor,
  ConnectionRegistry,
  type ListedConnection,
  type ListQuery,
  type PartitionSummary,
  type RegistryStatistics,
  type WatchEvent,
  type WatchOptions,
} from '../api/connection-registry.js';
import type { ConnectionEntry } from '../api/connection-entry.js';
import type { RegistrySettings } from '../api/registry-driver.js';
import type { Command, Holdings } from './state/apply-command.js';
import { entriesOf, findSlots, listSlots, replyOf } from './state/lookup.js';
import type { PartitionState } from './state/partition-state.js';
import type { PartitionPeak } from './state/peaks.js';
import type { RegistryState } from './state/registry-state.js';
import { indexOf, watchEvents } from './watch/watch.js';

/** A state that holds everything that was committed before the question, and the time by its clock, in milliseconds. */
export interface Reached {
  readonly state: RegistryState;
  readonly now: number;
}

/** What a whole registry holds, and the most partitions that it had at once. */
export interface RegistrySizes extends Holdings {
  readonly maxPartitions: number;
}

/**
 * A registry on top of states in this process: one, or several, each with some of the partitions. A driver decides who puts the
 * commands in order and whose clock they go by.
 */
export abstract class StateRegistry extends ConnectionRegistry {
  private readonly patterns: PatternCache;
  private publishes = new CallCounter();
  private lookups = new CallCounter();
  protected readonly ending = new AbortController();
  private since = Date.now();
  private watchers = 0;

  constructor(protected readonly settings: RegistrySettings) {
    super();
    this.patterns = new PatternCache(settings.limits.maxPatternLength);
  }

  /** Puts a command in its place and applies it. @throws MillraceError of the command, or `UNAVAILABLE` */
  protected abstract commit(command: Command): Promise<void>;

  /** Brings the state with a partition up to everything that was committed before the call. */
  protected abstract reach(partition: string): Reached | Promise<Reached>;

  /** The same for the states with all partitions. */
  protected abstract reachAll(): readonly Reached[] | Promise<readonly Reached[]>;

  /** What the whole registry holds. */
  protected abstract sizes(): RegistrySizes | Promise<RegistrySizes>;

  /** The state with a partition, for somebody who watches it; a later call may answer another one. */
  protected abstract watched(partition: string): WatchedState;

  /** Commands that this process has applied. */
  protected abstract get applied(): number;

  async publish(partition: string, connections: readonly Connection[], actor?: Actor): Promise<void> {
    const start = performance.now();
    const { ttl, grace, limits } = this.settings;
    const { maxPartitions, maxConnections } = limits;
    await this.commit({ op: 'publish', partition, connections, ttl, grace, maxPartitions, maxConnections, actor });
    this.publishes.count(start);
  }

  async lookup(name: string, query: ConnectionQuery): Promise<readonly ConnectionEntry[]> {
    const start = performance.now();
    const pattern = this.compile(query);
    const { state, now } = await this.reach(name);
    const slots = findSlots(state.partition(name), pattern, query.dataType, now, this.settings.limits);
    this.lookups.count(start);
    return entriesOf(slots);
  }

  async lookupJson(name: string, query: ConnectionQuery): Promise<Buffer> {
    const start = performance.now();
    const pattern = this.compile(query);
    const { state, now } = await this.reach(name);
    const reply = this.reply(state.partition(name), pattern, query, now);
    this.lookups.count(start);
    return reply;
  }

  async retract(partition: string, uids: readonly string[], actor?: Actor): Promise<void> {
    await this.commit({ op: 'retract', partition, uids, actor });
  }

  async retractPartition(partition: string, actor?: Actor): Promise<void> {
    await this.commit({ op: 'retract-partition', partition, actor });
  }

  async clear(): Promise<void> {
    await this.commit({ op: 'clear' });
  }

  async partitions(): Promise<readonly PartitionSummary[]> {
    const partitions = (await this.reachAll()).flatMap(({ state }) => [...state.partitions.values()]);
    return partitions.sort(byOrder).map(({ name, slots }) => ({ name, entries: slots.size }));
  }

  async list(name: string, query: ListQuery = {}): Promise<readonly ListedConnection[]> {
    const pattern = this.compile(query);
    const { state, now } = await this.reach(name);
    const slots = listSlots(state.partition(name), pattern, query, now, this.settings.limits);
    // People read these times beside other clocks.
    const ahead = Date.now() - now;
    return slots.map((slot) => ({
      entry: slot.entry,
      live: slot.isLive(now),
      publishedAt: slot.publishedAt + ahead,
      expiresAt: slot.expiresAt + ahead,
      publisher: slot.publisher,
    }));
  }

  async statistics(): Promise<RegistryStatistics> {
    const peaks: [string, PartitionPeak][] = [];
    for (const { state } of await this.reachAll()) peaks.push(...state.peaks.connections);
    peaks.sort(([, left], [, right]) => left.order - right.order);
    const maxConnections = new Map(peaks.map(([name, { most }]) => [name, most]));
    return { ...(await this.counts()), maxConnections };
  }

  override async counts(): Promise<Omit<RegistryStatistics, 'maxConnections'>> {
    const { partitions, connections, maxPartitions } = await this.sizes();
    return {
      since: this.since,
      publish: this.publishes.read(),
      lookup: this.lookups.read(),
      partitions,
      maxPartitions,
      connections,
      watchers: this.watchers,
      applied: this.applied,
    };
  }

  async resetStatistics(): Promise<RegistryStatistics> {
    const before = await this.statistics();
    await this.commit({ op: 'reset-peaks' });
    this.publishes = new CallCounter();
    this.lookups = new CallCounter();
    this.since = Date.now();
    return before;
  }

  async *watch(name: string, query: ConnectionQuery, options: WatchOptions = {}): AsyncGenerator<WatchEvent, void> {
    const pattern = this.compile(query);
    const { limits } = this.settings;
    if (this.watchers >= limits.maxWatchers)
      throw new MillraceError(
        'TOO_MANY_REQUESTS',
        `There are ${limits.maxWatchers} watches already, which is the most; try again later`,
      );
    const signal = AbortSignal.any([this.ending.signal, ...(options.signal ? [options.signal] : [])]);
    this.watchers += 1;
    const watched = this.watched(name);
    try {
      await this.reach(name);
      yield* watchEvents({
        state: () => watched.state,
        snapshot: async () => {
          const { state, now } = await this.reach(name);
          const partition = state.partitions.get(name);
          const slots = partition ? findSlots(partition, pattern, query.dataType, now, limits) : [];
          return { type: 'snapshot', index: indexOf(state), connections: entriesOf(slots) };
        },
        partition: name,
        pattern,
        maxPatternSteps: limits.maxPatternSteps,
        dataType: query.dataType,
        after: options.after,
        signal,
      });
    } finally {
      this.watchers -= 1;
      watched.release();
    }
  }

  async close(): Promise<void> {
    this.ending.abort();
  }

  private compile({ pattern }: ConnectionQuery): NamePattern | undefined {
    return pattern === undefined ? undefined : this.patterns.get(pattern);
  }

  private reply(
    partition: PartitionState,
    pattern: NamePattern | undefined,
    query: ConnectionQuery,
    now: number,
  ): Buffer {
    const key = replyKey(partition.name, query);
    const kept = partition.replies.get(key);
    if (kept && kept.version === partition.version && now < kept.validUntil) return kept.bytes;
    const slots = findSlots(partition, pattern, query.dataType, now, this.settings.limits);
    let validUntil = Infinity;
    for (const { expiresAt } of slots) if (expiresAt < validUntil) validUntil = expiresAt;
    const bytes = replyOf(slots);
    partition.replies.set(key, { version: partition.version, validUntil, bytes });
    return bytes;
  }
}

/** One text for one question: lengths keep the parts apart. */
function replyKey(name: string, { pattern, dataType }: ConnectionQuery): string {
  return `${name.length},${pattern?.length ?? '-'},${dataType?.length ?? '-'}:${name}${pattern ?? ''}${dataType ?? ''}`;
}

function byOrder(left: { readonly order: number }, right: { readonly order: number }): number {
  return left.order - right.order;
}

/** A state that is held for a watch. */
export interface WatchedState {
  readonly state: RegistryState;
  release(): void;
}
