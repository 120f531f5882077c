import { BrokenLogError, isOfAnotherType, NewerReleaseError } from '../log/registry-errors.js';
import type { Entries, RegistryLog } from '../log/registry-log.js';
import type { PendingCommands } from './pending-commands.js';
import type { Replica } from './replica.js';

/** What a reader works with. */
interface Parts {
  readonly log: RegistryLog;
  readonly replica: Replica;
  readonly pending: PendingCommands;
  /** Brings the replica onto the log again, where that does not follow on it. */
  readonly renew: () => Promise<void>;
  /** That, while it is under way. */
  readonly renewing: () => Promise<void> | undefined;
}

/** Applies the entries of a log in their order, those that it is given and those that it reads. */
export class LogReader {
  /** Why the log cannot be followed to its end. */
  stuck: NewerReleaseError | undefined;
  private pulling: Promise<void> | undefined;

  constructor(private readonly parts: Parts) {}

  /** Applies what came with an answer of the log, and reads what is still missing up to an entry, unless the replica is adrift. */
  async follow(count: number, news: () => Entries): Promise<void> {
    const { replica } = this.parts;
    if (!replica.isLoaded) return;
    try {
      replica.take(news());
    } catch (error) {
      this.becomeStuck(error);
    }
    if (!replica.isAdrift) await this.pull(count);
  }

  /** Applies entries that came by another way. */
  async take(news: () => Entries): Promise<void> {
    const { replica, renew, renewing } = this.parts;
    if (!replica.isLoaded || renewing()) return;
    try {
      if (replica.take(news()) !== 'taken') replica.isAdrift = true;
    } catch (error) {
      this.becomeStuck(error);
    }
    if (replica.isAdrift) await renew();
  }

  /** Reads the log up to an entry. @throws BrokenLogError @throws NewerReleaseError */
  async pull(count: number): Promise<void> {
    const { replica, renewing } = this.parts;
    while (replica.position.count < count) {
      const renewal = renewing();
      if (renewal) return renewal;
      this.pulling ??= this.pullOnce().finally(() => (this.pulling = undefined));
      await this.pulling;
    }
  }

  private async pullOnce(): Promise<void> {
    const { log, replica, renew } = this.parts;
    try {
      const entries = await log.after(replica.position.id);
      // What is still to come cannot come by this way.
      if (entries.length === 0 || replica.take(entries) !== 'taken') replica.isAdrift = true;
      this.stuck = undefined;
    } catch (error) {
      if (isOfAnotherType(error)) throw new BrokenLogError('its log is not a stream');
      this.becomeStuck(error);
    }
    if (replica.isAdrift) await renew();
  }

  private becomeStuck(error: unknown): never {
    if (error instanceof NewerReleaseError) {
      this.stuck = error;
      this.parts.pending.failAll(error);
    }
    throw error;
  }
}
