import { type RedisClient, redisError } from '@millrace/core/redis';
import { Backoff, pause, thrownText } from '@millrace/protocol';
import type { Barrier } from './barrier.js';
import type { PendingCommands } from './pending-commands.js';
import { BEAT } from './registry-clock.js';
import { BrokenLogError, isOfAnotherType, NewerReleaseError, SUBJECT } from './registry-errors.js';
import { type Entries, logEntries, type RegistryLog } from './registry-log.js';
import type { Replica } from './replica.js';
import { snapshotText } from './snapshot-text.js';
import type { Trouble } from './trouble.js';

/** What a follower works with. */
interface Parts {
  readonly tail: RedisClient;
  readonly logKey: string;
  readonly log: RegistryLog;
  readonly barrier: Barrier;
  readonly replica: Replica;
  readonly pending: PendingCommands;
  readonly trouble: Trouble;
  readonly snapshotEvery: number;
  /** Brings the replica onto the log again. */
  readonly renew: () => Promise<void>;
}

/** Applies the commands of the log as they come. */
export class LogFollower {
  /** Why the log cannot be followed to its end. */
  stuck: NewerReleaseError | undefined;

  constructor(private readonly parts: Parts) {}

  /** Follows until the end; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { replica, trouble, renew } = this.parts;
    const backoff = new Backoff({ initial: 50, max: 500 });
    let isBroken = false;
    while (!signal.aborted) {
      try {
        if (isBroken || replica.isAdrift) await renew();
        isBroken = false;
        this.stuck = undefined;
        await this.takeNext();
        backoff.reset();
        trouble.over();
      } catch (error) {
        if (signal.aborted) return;
        isBroken = error instanceof BrokenLogError;
        this.note(error);
        await pause(this.stuck ? BEAT : backoff.next(), signal);
      }
    }
  }

  private note(error: unknown): void {
    // Its repair has its own words.
    if (error instanceof BrokenLogError) return;
    if (error instanceof NewerReleaseError) {
      this.stuck = error;
      this.parts.replica.isAdrift = true;
      this.parts.pending.failAll(error);
    }
    const [trouble, why] = [thrownText(redisError(error, SUBJECT)), thrownText(error)];
    this.parts.trouble.note(trouble.includes(why) ? trouble : `${trouble} (${why})`);
  }

  private async takeNext(): Promise<void> {
    const { replica, snapshotEvery } = this.parts;
    const entries = await this.read();
    // Nothing came for a while, so that nobody may have said what time it is, and whether the log is whole.
    if (entries.length === 0) return this.lookAround();
    if (replica.take(entries) !== 'taken') replica.isAdrift = true;
    if (replica.position.count - replica.snapshotCount >= snapshotEvery) await this.writeSnapshot();
  }

  private async read(): Promise<Entries> {
    const { tail, logKey, replica } = this.parts;
    try {
      const reply = await tail.xread('COUNT', 500, 'BLOCK', BEAT, 'STREAMS', logKey, replica.position.id);
      return logEntries(reply?.[0]?.[1] ?? []);
    } catch (error) {
      if (isOfAnotherType(error)) throw new BrokenLogError('its log is not a stream');
      throw error;
    }
  }

  private async lookAround(): Promise<void> {
    const { barrier, log, replica } = this.parts;
    const before = replica.position.count;
    const head = await barrier.ask();
    if (replica.isOther(head, before)) replica.isAdrift = true;
    if (head.count <= replica.position.count) return;
    const entries = await log.after(replica.position.id);
    // What is still to come cannot come by this way.
    if (entries.length === 0 && head.count > replica.position.count) replica.isAdrift = true;
  }

  private async writeSnapshot(): Promise<void> {
    const { log, replica } = this.parts;
    replica.snapshotCount = replica.position.count;
    await log.writeSnapshot(() => snapshotText(replica, replica.state.epoch));
  }
}
