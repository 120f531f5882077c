import { randomBytes } from 'node:crypto';
import type { OperationsPart } from '@millrace/core/ops';
import { MillraceError } from '@millrace/core/errors';
import { type RedisConnections, redisError } from '@millrace/core/redis';
import { pause, thrownIs } from '@millrace/protocol';
import type { RegistrySettings } from '../../api/registry-driver.js';
import type { Command } from '../../engine/state/apply-command.js';
import type { RegistryState } from '../../engine/state/registry-state.js';
import { StateRegistry } from '../../engine/state-registry.js';
import { Barrier } from './barrier.js';
import { lackingIn } from './carry-over.js';
import type { LoadedState } from './load-state.js';
import { commandText } from './log-entry.js';
import { LogFollower } from './log-follower.js';
import { PendingCommands } from './pending-commands.js';
import type { RedisRegistrySettings } from './redis-registry.options.js';
import { BEAT, RegistryClock } from './registry-clock.js';
import { BrokenLogError, NewerReleaseError, SUBJECT } from './registry-errors.js';
import { registryKeys } from './registry-keys.js';
import { RegistryLog } from './registry-log.js';
import { Replica } from './replica.js';
import { Restoration } from './restoration.js';
import { Trouble } from './trouble.js';

/** How long a start goes on while Redis is away, in milliseconds. */
const START = 10 * BEAT;

/**
 * Several instances, one registry. Redis keeps the log of commands in order, with their times; each instance
 * applies it to a state of its own and answers from there. A question first asks Redis how far the log is and waits until
 * the instance is as far, so what one instance was told every other knows. When the log is damaged or lost, the instances
 * found it anew.
 */
export class RedisRegistry extends StateRegistry {
  override readonly operations: OperationsPart;
  private readonly trouble = new Trouble();
  private readonly pending = new PendingCommands();
  private readonly replica: Replica;
  private readonly clock: RegistryClock;
  private readonly log: RegistryLog;
  private readonly barrier: Barrier;
  private readonly restoration: Restoration;
  private readonly follower: LogFollower;
  private following: Promise<void> = Promise.resolve();
  private renewing: Promise<void> | undefined;

  constructor(
    settings: RegistrySettings,
    private readonly connections: RedisConnections<'commands' | 'registry-tail'>,
    private readonly redis: RedisRegistrySettings,
  ) {
    super(settings);
    this.operations = connections.operations;
    const keys = registryKeys(connections.keyPrefix);
    const { pending, trouble } = this;
    this.replica = new Replica(settings.limits, pending, () => this.arm());
    this.clock = new RegistryClock(connections, keys);
    this.log = new RegistryLog(connections.get('commands'), keys, this.clock, () => this.replica.position);
    this.barrier = new Barrier(() => this.log.head());
    this.restoration = new Restoration(this.log, settings.limits, trouble, this.replica);
    const { log, barrier, replica } = this;
    const { snapshotEvery } = redis;
    const tail = connections.get('registry-tail');
    const renew = (): Promise<void> => this.renew();
    const parts = { tail, logKey: keys.log, log, barrier, replica, pending, trouble, snapshotEvery, renew };
    this.follower = new LogFollower(parts);
  }

  protected get state(): RegistryState {
    return this.replica.state;
  }

  /** Loads what is there and begins to follow the log. @throws MillraceError `UNAVAILABLE` */
  async start(): Promise<this> {
    const { signal } = this.ending;
    await this.clock.join(signal);
    await this.enter();
    this.trouble.over();
    this.following = this.follower.run(signal);
    return this;
  }

  override async close(): Promise<void> {
    if (this.ending.signal.aborted) return this.following;
    await super.close();
    this.connections.close();
    await this.following;
    this.pending.failAll(redisError(undefined, SUBJECT));
  }

  override async ping(): Promise<void> {
    await this.connections.check();
    await super.ping();
  }

  protected async commit(command: Command): Promise<void> {
    const id = randomBytes(9).toString('base64');
    const text = commandText(id, command);
    let wasSent = false;
    try {
      await this.persist(async () => {
        // Redis may have taken it, and only its answer was lost.
        if (wasSent) await this.reach();
        wasSent = true;
        await this.send(id, text);
      });
    } finally {
      this.pending.forget(id);
    }
  }

  protected catchUp(): Promise<number> {
    return this.persist(() => this.reach());
  }

  /** Loads the state, however long it takes to restore it. */
  private async enter(): Promise<void> {
    const end = performance.now() + START;
    for (;;) {
      try {
        return await this.renew();
      } catch (error) {
        if (thrownIs(error, MillraceError) || performance.now() > end) throw redisError(error, SUBJECT);
      }
      await pause(BEAT / 10, this.ending.signal);
    }
  }

  /** Does work that may be done twice; while the log is broken it waits until that is restored. */
  private async persist<T>(work: () => Promise<T>): Promise<T> {
    let broken: BrokenLogError | undefined;
    const attempt = async (): Promise<T> => {
      for (;;) {
        try {
          if (broken) await this.renew();
          broken = undefined;
          return await work();
        } catch (error) {
          if (!(error instanceof BrokenLogError)) throw error;
          broken = error;
        }
      }
    };
    try {
      return await this.connections.persist(attempt);
    } catch (error) {
      // The deadline passed, and nothing but the restoration was in the way.
      const isLate = thrownIs(error, MillraceError) && error.cause === undefined && !thrownIs(error, NewerReleaseError);
      throw broken && isLate ? broken : error;
    }
  }

  /** Sends a command until it is in a log that is not lost. @throws MillraceError of the command */
  private async send(id: string, text: string): Promise<void> {
    while (!(await this.pending.known(id))) {
      // Behind what this release cannot read, nobody could tell what becomes of it.
      if (this.follower.stuck) await this.reach();
      this.pending.add(id);
      if (await this.pending.outcome(id, await this.log.append(text))) return;
    }
  }

  /** @returns the time when everything is applied that was in the log at the call */
  private async reach(): Promise<number> {
    const { replica } = this;
    for (;;) {
      if (this.renewing) await this.renewing;
      const before = replica.position.count;
      const head = await this.barrier.ask();
      if (replica.isOther(head, before)) {
        await this.renew();
        continue;
      }
      if (head.count > replica.position.count) {
        if (this.follower.stuck) throw this.follower.stuck;
        if (!(await this.pending.reached(head.count))) continue;
      }
      return Math.max(head.time, this.state.time);
    }
  }

  /** Brings this instance onto the log again; those who meet the same damage wait for the same. */
  private renew(): Promise<void> {
    this.renewing ??= this.restore().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async restore(): Promise<void> {
    const loaded = await this.restoration.run(this.ending.signal);
    if (!loaded) return;
    if (!this.replica.isWithin(loaded)) await this.carryOver(loaded);
    this.replica.moveTo(loaded);
  }

  /** What an instance that knew less has left out is published again, before anybody is answered from its state. */
  private async carryOver({ state }: LoadedState): Promise<void> {
    const lacking = lackingIn(state, this.state, this.clock.now(), this.settings.limits);
    this.trouble.note(
      `The registry was founded anew without this instance; it publishes again what is missing, in ${lacking.length} parts`,
    );
    for (const command of lacking) await this.log.append(commandText('', command));
  }

  protected override now(): number {
    return this.clock.now();
  }

  /** Expiry is a matter of the log too: when something is due and nothing else comes, a tick is appended. */
  protected async expire(due: number): Promise<void> {
    // The tick is still on its way.
    let wait = 25;
    try {
      await this.log.tick(due);
    } catch {
      // The follower meets the same trouble, and says so.
      wait = BEAT;
    }
    await pause(this.trouble.isOver ? wait : BEAT, this.ending.signal);
    this.arm();
  }
}
