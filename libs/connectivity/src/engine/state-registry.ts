import { MillraceError } from '@millrace/core/errors';
import { type Connection, type ConnectionQuery, startTimer, type Timer } from '@millrace/protocol';
import { PatternCache } from './patterns/pattern-cache.js';
import type { NamePattern } from './patterns/name-pattern.js';
import {
  type Actor,
  type CallStatistics,
  ConnectionRegistry,
  type ListedConnection,
  type PartitionSummary,
  type RegistryStatistics,
  type WatchEvent,
  type WatchOptions,
} from '../api/connection-registry.js';
import type { ConnectionEntry } from '../api/connection-entry.js';
import type { RegistrySettings } from '../api/registry-driver.js';
import type { Command } from './state/apply-command.js';
import { entriesOf, findSlots, replyOf } from './state/lookup.js';
import type { PartitionState } from './state/partition-state.js';
import type { RegistryState } from './state/registry-state.js';
import { indexOf, watchEvents } from './watch/watch.js';

/** Pauses before a look at the schedule, in milliseconds. */
const PAUSE = { least: 10, most: 3_600_000 };

/**
 * A registry on top of a {@link RegistryState} in this process. A driver decides who puts the commands in order and whose
 * clock they go by.
 */
export abstract class StateRegistry extends ConnectionRegistry {
  protected abstract readonly state: RegistryState;
  private readonly patterns: PatternCache;
  private publishes = new CallCounter();
  private lookups = new CallCounter();
  protected readonly ending = new AbortController();
  private since = Date.now();
  private watchers = 0;
  private timer: Timer | undefined;
  private timerDue = Infinity;

  constructor(protected readonly settings: RegistrySettings) {
    super();
    this.patterns = new PatternCache(settings.limits.maxPatternLength);
  }

  /** Puts a command in its place and applies it. @throws MillraceError of the command, or `UNAVAILABLE` */
  protected abstract commit(command: Command): Promise<void>;

  /** Brings the state up to everything that was committed before the call. @returns the time */
  protected abstract catchUp(): number | Promise<number>;

  /** Makes what is due happen, when its time has come. */
  protected abstract expire(due: number): void | Promise<void>;

  /**
   * The time by the clock of the state, in milliseconds, as well as this process knows it. It does not jump when the clock
   * of the machine is set.
   */
  protected now(): number {
    return Math.floor(performance.timeOrigin + performance.now());
  }

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
    const now = await this.catchUp();
    const slots = findSlots(this.state.partition(name), pattern, query.dataType, now, this.settings.limits);
    this.lookups.count(start);
    return entriesOf(slots);
  }

  async lookupJson(name: string, query: ConnectionQuery): Promise<Buffer> {
    const start = performance.now();
    const pattern = this.compile(query);
    const now = await this.catchUp();
    const reply = this.reply(this.state.partition(name), pattern, query, now);
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
    await this.catchUp();
    return [...this.state.partitions.values()].map(({ name, slots }) => ({ name, entries: slots.size }));
  }

  async list(name: string): Promise<readonly ListedConnection[]> {
    const now = await this.catchUp();
    // People read these times beside other clocks.
    const ahead = Date.now() - now;
    return [...this.state.partition(name).slots.values()].map((slot) => ({
      entry: slot.entry,
      live: slot.isLive(now),
      publishedAt: slot.publishedAt + ahead,
      expiresAt: slot.expiresAt + ahead,
      publisher: slot.publisher,
    }));
  }

  async statistics(): Promise<RegistryStatistics> {
    await this.catchUp();
    const { partitions, peaks, size } = this.state;
    return {
      since: this.since,
      publish: this.publishes.read(),
      lookup: this.lookups.read(),
      partitions: partitions.size,
      maxPartitions: peaks.partitions,
      connections: size,
      maxConnections: new Map(peaks.connections),
      watchers: this.watchers,
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
    try {
      await this.catchUp();
      yield* watchEvents({
        state: () => this.state,
        snapshot: async () => {
          const now = await this.catchUp();
          const partition = this.state.partitions.get(name);
          const slots = partition ? findSlots(partition, pattern, query.dataType, now, limits) : [];
          return { type: 'snapshot', index: indexOf(this.state), connections: entriesOf(slots) };
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
    }
  }

  async ping(): Promise<void> {
    await this.catchUp();
  }

  async close(): Promise<void> {
    this.ending.abort();
    this.timer?.stop();
  }

  /** Sets the timer for what is due next; call it when that may have come nearer. */
  protected arm(): void {
    const due = this.state.nextDue;
    if (due >= this.timerDue || this.ending.signal.aborted) return;
    this.timer?.stop();
    this.timerDue = due;
    this.timer = startTimer(
      () => {
        this.timerDue = Infinity;
        void this.expire(due);
      },
      Math.min(PAUSE.most, Math.max(PAUSE.least, due - this.now())),
    );
    this.timer.unref();
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

/** Counts calls which succeeded, and the time they took. */
class CallCounter {
  private calls = 0;
  private milliseconds = 0;

  /** @param start `performance.now()` at the beginning of the call */
  count(start: number): void {
    this.calls += 1;
    this.milliseconds += performance.now() - start;
  }

  read(): CallStatistics {
    return { calls: this.calls, microseconds: Math.round(this.milliseconds * 1000) };
  }
}
