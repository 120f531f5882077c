import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { areaKeys, type RedisClient, type RedisConnections, redisError } from '@millrace/core/redis';
import type { OperationsPart } from '@millrace/core/ops';
import { Backoff, pause, thrownText } from '@millrace/protocol';
import type { RegistrySettings } from '../../api/registry-driver.js';
import { applyCommand, type Command } from '../../engine/state/apply-command.js';
import { RegistryState } from '../../engine/state/registry-state.js';
import { StateRegistry } from '../../engine/state-registry.js';
import { restoreSnapshot, type StateSnapshot, takeSnapshot } from '../../engine/state/state-snapshot.js';
import { Barrier } from './barrier.js';
import { PendingCommands } from './pending-commands.js';
import type { RedisRegistrySettings } from './redis-registry.options.js';
import { APPEND_COMMAND, SNAPSHOT, TICK } from './redis-scripts.js';
import { BEAT, RegistryClock } from './registry-clock.js';

const LOCK_TIME = 10_000;
const TICK_COMMAND = JSON.stringify({ id: '', command: { op: 'tick' } satisfies Command });

/**
 * Several instances, one registry. Redis keeps the log of commands in order, with their times; each instance
 * applies it to a state of its own and answers from there. A question first asks Redis how far the log is and waits until
 * the instance is as far, so what one instance was told every other knows.
 */
export class RedisRegistry extends StateRegistry {
  override readonly operations: OperationsPart;
  protected state: RegistryState;
  private readonly logger = new Logger(RedisRegistry.name);
  private readonly pending = new PendingCommands();
  private readonly clock: RegistryClock;
  private readonly barrier: Barrier;
  /** The last command applied. */
  private position = { count: 0, id: '0-0' };
  private snapshotCount = 0;
  private following: Promise<void> = Promise.resolve();
  private reloading: Promise<void> | undefined;

  private readonly commands: RedisClient;
  private readonly tail: RedisClient;
  private readonly keys: ReturnType<typeof registryKeys>;

  constructor(
    settings: RegistrySettings,
    private readonly connections: RedisConnections<'commands' | 'registry-tail'>,
    private readonly redis: RedisRegistrySettings,
  ) {
    super(settings);
    this.operations = connections.operations;
    this.state = new RegistryState('none', settings.limits);
    this.commands = connections.get('commands');
    this.tail = connections.get('registry-tail');
    this.keys = registryKeys(connections.keyPrefix);
    this.clock = new RegistryClock(connections, this.keys.clock);
    this.barrier = new Barrier(this.commands, this.keys.count, this.clock);
  }

  /** Loads what is there and begins to follow the log. @throws MillraceError `UNAVAILABLE` */
  async start(): Promise<this> {
    await this.clock.join(this.ending.signal);
    await this.connections.persist(() => this.load());
    this.following = this.follow();
    return this;
  }

  override async close(): Promise<void> {
    if (this.ending.signal.aborted) return this.following;
    await super.close();
    this.connections.close();
    await this.following;
    this.pending.failAll(redisError(undefined, 'The registry'));
  }

  override async ping(): Promise<void> {
    await this.connections.check();
    await super.ping();
  }

  protected async commit(command: Command): Promise<void> {
    const id = randomBytes(9).toString('base64');
    const applied = this.pending.add(id);
    try {
      const text = JSON.stringify({ id, command });
      await this.connections.persist(() => this.append(text));
      await this.connections.persist(() => applied);
    } finally {
      this.pending.forget(id);
    }
  }

  protected async catchUp(): Promise<number> {
    const before = this.position.count;
    const { count, time } = await this.connections.persist(() => this.barrier.ask());
    // Redis lost its data: everything begins anew. The position of now would not tell: it may have moved on meanwhile.
    if (count < before) await this.connections.persist(() => this.reload());
    if (count > this.position.count) await this.connections.persist(() => this.pending.reached(count));
    return Math.max(time, this.state.time);
  }

  private async append(command: string): Promise<void> {
    const { commands, clock, keys } = this;
    const time = await commands.eval(APPEND_COMMAND, 3, keys.log, keys.count, keys.clock, command, clock.estimate());
    clock.heard(Number(time));
  }

  private tick(due: number): Promise<unknown> {
    const { log, count, clock } = this.keys;
    return this.commands.eval(TICK, 3, log, count, clock, due, TICK_COMMAND, this.clock.estimate());
  }

  /** Questions that meet the same loss load once. */
  private reload(): Promise<void> {
    this.reloading ??= this.load().finally(() => (this.reloading = undefined));
    return this.reloading;
  }

  private async load(): Promise<void> {
    const { commands, keys } = this;
    // A log is never empty, so that its first entry can name it.
    await this.tick(0);
    const [held, first] = await Promise.all([
      commands.hgetall(keys.snapshot),
      commands.xrange(keys.log, '-', '+', 'COUNT', 1),
    ]);
    const { limits } = this.settings;
    const before = this.state;
    if (held['state'] && held['count'] && held['id']) {
      this.state = restoreSnapshot(JSON.parse(held['state']) as StateSnapshot, limits);
      this.position = { count: Number(held['count']), id: held['id'] };
    } else {
      // It names one log: no later one begins with the same entry.
      const epoch = (first[0]?.[0] ?? '').replaceAll('-', '.');
      this.state = new RegistryState(epoch, limits);
      this.position = { count: 0, id: '0-0' };
    }
    this.snapshotCount = this.position.count;
    // The watchers of the old state have to look for the new one.
    before.log.wake();
    this.arm();
  }

  private async follow(): Promise<void> {
    const backoff = new Backoff({ initial: 50, max: 2000 });
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        const entries = await this.read();
        // Nothing came for a while, so that nobody may have said what time it is.
        if (entries.length === 0) await this.barrier.ask();
        for (const entry of entries) if (!(await this.take(entry))) break;
        backoff.reset();
      } catch (error) {
        if (signal.aborted) return;
        this.logger.warn(`Redis does not answer: ${thrownText(error)}`);
        await pause(backoff.next(), signal);
      }
    }
  }

  private async read(): Promise<LogEntry[]> {
    const { tail, keys } = this;
    const reply = await tail.xread('COUNT', 500, 'BLOCK', BEAT, 'STREAMS', keys.log, this.position.id);
    return (reply?.[0]?.[1] ?? []).map(([id, fields]) => parseEntry(id, fields));
  }

  /** @returns false when the log had a hole, and the state was loaded anew */
  private async take({ id, time, count, commandId, command }: LogEntry): Promise<boolean> {
    if (count !== this.position.count + 1) {
      this.logger.warn('This instance fell behind the log and starts from the snapshot');
      await this.reload();
      return false;
    }
    this.position = { count, id };
    try {
      applyCommand(this.state, command, time);
      this.pending.succeed(commandId);
    } catch (error) {
      // It failed alike on every instance; the sender gets the error.
      this.pending.fail(commandId, error);
    }
    this.pending.advance(count);
    this.arm();
    if (count - this.snapshotCount >= this.redis.snapshotEvery) await this.writeSnapshot();
    return true;
  }

  private async writeSnapshot(): Promise<void> {
    const { commands, keys } = this;
    const { count, id } = this.position;
    this.snapshotCount = count;
    if ((await commands.set(keys.lock, '1', 'PX', LOCK_TIME, 'NX')) !== 'OK') return;
    const state = JSON.stringify(takeSnapshot(this.state));
    await commands.eval(SNAPSHOT, 2, keys.log, keys.snapshot, count, id, state);
    await commands.del(keys.lock);
  }

  protected override now(): number {
    return this.clock.now();
  }

  /** Expiry is a matter of the log too: when something is due and nothing else comes, a tick is appended. */
  protected async expire(due: number): Promise<void> {
    try {
      await this.tick(due);
    } catch (error) {
      this.logger.debug(thrownText(error));
    }
    // The tick is still on its way.
    await pause(25, this.ending.signal);
    this.arm();
  }
}

/** The keys of one registry; scripts touch several, so they lie on one node of a cluster. */
export function registryKeys(keyPrefix: string) {
  const key = areaKeys(keyPrefix, 'connectivity');
  return {
    /** Stream of commands in their order, each with its number and time. */
    log: key('log'),
    /** How many commands there ever were. */
    count: key('count'),
    /** Hash of the registry's `time`, and when that was noted by the clock of Redis, `wall`. */
    clock: key('clock'),
    /** Hash of the latest snapshot: `count`, `id` (of its last log entry), `state`. */
    snapshot: key('snapshot'),
    /** Held by the instance that is writing a snapshot. */
    lock: key('snapshot-lock'),
  };
}

/** One command of the log. */
interface LogEntry {
  readonly id: string;
  /** When it was taken, in milliseconds by the registry's clock. */
  readonly time: number;
  /** Its number, from 1 without a gap. */
  readonly count: number;
  /** By which its sender knows it again. */
  readonly commandId: string;
  readonly command: Command;
}

function parseEntry(id: string, fields: readonly string[]): LogEntry {
  // Commands of earlier versions carry their time in the id alone.
  const [, count = '', , text = '', , time = id.split('-', 1)[0]] = fields;
  const { id: commandId, command } = JSON.parse(text) as { id: string; command: Command };
  return { id, time: Number(time), count: Number(count), commandId, command };
}
