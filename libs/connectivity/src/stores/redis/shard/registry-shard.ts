import { randomBytes } from 'node:crypto';
import { MillraceError } from '@millrace/core/errors';
import { type RedisConnections, redisError } from '@millrace/core/redis';
import { pause, thrownIs } from '@millrace/protocol';
import { DueTimer } from '../../../engine/due-timer.js';
import type { Command } from '../../../engine/state/apply-command.js';
import type { RegistryState } from '../../../engine/state/registry-state.js';
import { Barrier } from '../log/barrier.js';
import type { LogCalls } from '../log/log-calls.js';
import { commandText, parseCommands } from '../log/log-entry.js';
import { BrokenLogError, SUBJECT } from '../log/registry-errors.js';
import type { LogKeys } from '../log/registry-keys.js';
import { type Appended, type Entries, type LogNews, RegistryLog } from '../log/registry-log.js';
import { snapshotText } from '../log/snapshot-text.js';
import { BEAT, type RegistryClock } from '../registry-clock.js';
import { lackingIn } from './carry-over.js';
import { CommandQueue } from './command-queue.js';
import type { LoadedState, StateParts } from './load-state.js';
import { LogReader } from './log-reader.js';
import { PendingCommands } from './pending-commands.js';
import { persist } from './persist.js';
import { Replica } from './replica.js';
import { type LogPast, Restoration } from './restoration.js';
import type { Trouble } from './trouble.js';

/** How long a start goes on while Redis is away, in milliseconds. */
const START = 10 * BEAT;

/** What all shards of a registry have in common. */
export interface ShardParts extends StateParts {
  readonly connections: RedisConnections<'commands' | 'registry-tail'>;
  readonly calls: LogCalls;
  readonly clock: RegistryClock;
  readonly trouble: Trouble;
  /** Entries in a log after which a snapshot takes their place. */
  readonly snapshotEvery: number;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/**
 * A part of the registry with a log of its own, as this instance follows it: it applies the commands of the log to a state in
 * memory, and answers from there. A question first asks Redis how far the log is, so what one instance was told every other knows.
 */
export class RegistryShard {
  private readonly pending = new PendingCommands();
  private readonly replica: Replica;
  private readonly log: RegistryLog;
  private readonly head: Barrier<LogNews>;
  private readonly restoration: Restoration;
  private readonly queue: CommandQueue<Appended>;
  private readonly reader: LogReader;
  private readonly timer: DueTimer;
  private readonly ending = new AbortController();
  /** No other process, nor another shard of this one, has the same. */
  private readonly sender = randomBytes(9).toString('base64');
  private commands = 0;
  private readonly signal: AbortSignal;
  private renewing: Promise<void> | undefined;
  private isWritingSnapshot = false;

  /** @param past what is known of the log from before */
  constructor(
    private readonly parts: ShardParts,
    readonly keys: LogKeys,
    past: () => Promise<LogPast>,
  ) {
    const { calls, clock, trouble } = parts;
    const expire = (due: number): void => void this.expire(due);
    this.signal = AbortSignal.any([parts.signal, this.ending.signal]);
    this.replica = new Replica(parts, this.pending, () => this.timer.arm());
    this.timer = new DueTimer(
      () => this.state.nextDue,
      () => clock.now(),
      expire,
    );
    const applied = () => this.replica.position;
    this.log = new RegistryLog(calls, keys, applied);
    this.head = new Barrier((sent) => this.askHead(sent));
    this.restoration = new Restoration(this.log, parts, trouble, this.replica, past);
    this.queue = new CommandQueue((entry) => this.append(entry));
    const { log, replica, pending } = this;
    const [renew, renewing] = [() => this.renew(), () => this.renewing];
    this.reader = new LogReader({ log, replica, pending, renew, renewing });
  }

  get state(): RegistryState {
    return this.replica.state;
  }

  /** Commands applied, since this instance follows the log. */
  get applied(): number {
    return this.replica.applied;
  }

  /** Number and id of the last entry applied. */
  get position(): Replica['position'] {
    return this.replica.position;
  }

  get isLoaded(): boolean {
    return this.replica.isLoaded;
  }

  /** Puts a command in its place and applies it. @throws MillraceError of the command, or `UNAVAILABLE` */
  async commit(command: Command): Promise<void> {
    this.commands += 1;
    const id = `${this.sender}:${this.commands}`;
    const text = commandText(id, command);
    let wasSent = false;
    try {
      await this.persist(async () => {
        // Redis may have taken it, and only its answer was lost.
        if (wasSent || !this.isLoaded) await this.upToNow();
        wasSent = true;
        await this.send(id, text, command.op === 'touch');
      });
    } finally {
      this.pending.forget(id);
    }
  }

  /** Applies everything that was committed before the call. @returns the time */
  reach(): Promise<number> {
    return this.persist(() => this.upToNow());
  }

  /** The same once, now and then: so a damage is noticed without a question. */
  async lookAround(): Promise<void> {
    try {
      await this.upToNow();
    } catch (error) {
      if (!(error instanceof BrokenLogError)) throw error;
      await this.renew();
    }
  }

  /** Loads the state, if it is not there yet. */
  async load(): Promise<void> {
    if (!this.isLoaded) await this.reach();
  }

  /** Looks whether the log is whole, and otherwise restores it, however long that takes; for a start. */
  async enter(): Promise<void> {
    const end = performance.now() + START;
    for (;;) {
      try {
        await this.log.head();
        return;
      } catch (error) {
        if (error instanceof BrokenLogError) return this.renew();
        if (thrownIs(error, MillraceError) || performance.now() > end) throw redisError(error, SUBJECT);
      }
      await pause(BEAT / 10, this.signal);
    }
  }

  /** Applies entries that came by another way. */
  async takeNews(read: () => Entries): Promise<void> {
    await this.reader.take(read);
    this.snapshotIfDue();
  }

  /** Loses what is in memory. */
  close(): void {
    this.ending.abort();
    this.timer.stop();
    this.state.log.keep(0);
    this.state.log.wake();
    this.pending.failAll(redisError(undefined, SUBJECT));
  }

  private persist<T>(work: () => Promise<T>): Promise<T> {
    return persist(
      this.parts.connections,
      () => this.renew(),
      () => this.restoration.broken,
      work,
    );
  }

  /** Sends a command until it is in a log that is not lost. @throws MillraceError of the command */
  private async send(id: string, text: string, isTouch: boolean): Promise<void> {
    while (!(await this.pending.known(id))) {
      // Behind what this release cannot read, nobody could tell what becomes of it.
      if (this.reader.stuck) await this.upToNow();
      this.pending.add(id);
      if (await this.pending.outcome(id, await this.queue.send(text, isTouch))) return;
    }
  }

  /** Appends an entry, and applies it with all that came before. */
  private async append(text: string): Promise<Appended> {
    const appended = await this.log.append(text);
    const { count, id, time, news } = appended;
    if (!this.replica.isOther(appended, 0)) {
      const commands = parseCommands(text) ?? [];
      await this.reader.follow(count, () => [...news(), { id, entry: { count, id, time, commands } }]);
      this.snapshotIfDue();
    }
    if (this.replica.isOther(appended, 0) || this.replica.isAdrift) void this.renew().catch(() => undefined);
    return appended;
  }

  private async upToNow(): Promise<number> {
    const { replica } = this;
    if (!replica.isLoaded) await this.renew();
    for (;;) {
      if (this.renewing) await this.renewing;
      const before = replica.position.count;
      const head = await this.head.ask();
      if (replica.isOther(head, before) || replica.isAdrift) {
        await this.renew();
        continue;
      }
      await this.reader.pull(head.count);
      if (head.epoch === this.state.epoch) return Math.max(head.time, this.state.time);
    }
  }

  private async askHead(sent: () => void): Promise<LogNews> {
    const before = this.replica.position.count;
    const head = await this.log.head(sent);
    if (!this.replica.isOther(head, before)) await this.reader.follow(head.count, head.news);
    this.snapshotIfDue();
    return head;
  }

  /** Brings this instance onto the log again; those who meet the same damage wait for the same. */
  private renew(): Promise<void> {
    this.renewing ??= this.parts.trouble.during(() => this.restore()).finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async restore(): Promise<void> {
    const loaded = await this.restoration.run(this.signal);
    this.reader.stuck = undefined;
    if (!loaded) return;
    if (!this.replica.isWithin(loaded)) await this.carryOver(loaded);
    this.replica.moveTo(loaded);
  }

  /** What an instance that knew less has left out is published again, before anybody is answered from its state. */
  private async carryOver({ state }: LoadedState): Promise<void> {
    const { clock, trouble, limits } = this.parts;
    const lacking = lackingIn(state, this.state, clock.now(), limits);
    trouble.note(
      `The registry was founded anew without this instance; it publishes again what is missing, in ${lacking.length} parts`,
    );
    for (const command of lacking) await this.log.append(commandText('', command));
  }

  private snapshotIfDue(): void {
    const { replica } = this;
    if (this.isWritingSnapshot || replica.position.count - replica.snapshotCount < this.parts.snapshotEvery) return;
    this.isWritingSnapshot = true;
    replica.snapshotCount = replica.position.count;
    this.log
      .writeSnapshot(() => snapshotText(replica, replica.state.epoch))
      // The next entries try again.
      .catch(() => undefined)
      .finally(() => (this.isWritingSnapshot = false));
  }

  /** Expiry is a matter of the log too: when something is due and nothing else comes, a tick is appended. */
  private async expire(due: number): Promise<void> {
    const { trouble } = this.parts;
    let wait = 25;
    try {
      const { count, epoch } = await this.log.tick(due);
      if (epoch === this.state.epoch) await this.reader.pull(count);
    } catch {
      // The beat meets the same trouble, and says so.
      wait = BEAT;
    }
    await pause(trouble.isOver ? wait : BEAT, this.signal);
    this.timer.arm();
  }
}
