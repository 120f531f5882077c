import { randomBytes } from 'node:crypto';
import { Backoff, pause } from '@millrace/protocol';
import { writeAncestors } from '../log/ancestors.js';
import { emptyState, type LoadedState, loadState, salvageState, type StateParts } from './load-state.js';
import { BEAT, SILENCE } from '../registry-clock.js';
import { BrokenLogError, isOfAnotherType } from '../log/registry-errors.js';
import type { Damage, RegistryLog } from '../log/registry-log.js';
import type { Advance, Replica } from './replica.js';
import { snapshotText } from '../log/snapshot-text.js';
import type { Trouble } from './trouble.js';

/**
 * How long instances that are as far as Redis knows wait for one that is further, in milliseconds, when both log and count
 * are lost: each looks after a beat at the latest.
 */
const SETTLE = 1.5 * BEAT;
/** After so long one that is behind goes ahead: nobody else is there. */
const GRACE = 2.5 * BEAT;
/** How long an instance without a state waits for one that has it. */
const PATIENCE = 4 * BEAT;

/** What is known of a log from before: whether there was one, and until it is known, how long that takes, in milliseconds. */
export interface LogPast {
  readonly wasFounded: boolean;
  readonly settlesIn: number;
}

/**
 * Brings an instance onto a log of its registry. A broken log is founded anew from the memory of the instance that got
 * furthest; only when nobody has it in memory, from what Redis still holds.
 */
export class Restoration {
  /** Why the log is restored, while that is under way. */
  broken: BrokenLogError | undefined;
  private readonly since = performance.now();

  constructor(
    private readonly log: RegistryLog,
    private readonly parts: StateParts,
    private readonly trouble: Trouble,
    private readonly replica: Replica,
    private readonly past: () => Promise<LogPast>,
  ) {}

  /** @returns what to go over to; undefined when the instance can go on as it is @throws NewerReleaseError */
  async run(signal: AbortSignal): Promise<LoadedState | undefined> {
    try {
      return await this.bring(signal);
    } finally {
      this.broken = undefined;
    }
  }

  private async bring(signal: AbortSignal): Promise<LoadedState | undefined> {
    const { log, parts, replica } = this;
    const begin = replica.isLoaded ? performance.now() : this.since;
    const backoff = new Backoff({ initial: 50, max: 500 });
    for (;;) {
      try {
        return replica.follows(await log.head()) ? undefined : await loadState(log, parts);
      } catch (error) {
        if (!(error instanceof BrokenLogError) || signal.aborted) throw error;
        this.broken = error;
      }
      const damage = await log.survey(replica.isLoaded);
      const waited = performance.now() - begin;
      if (damage && (await (replica.isLoaded ? this.goOn(damage, waited) : this.begin(damage, waited)))) continue;
      await pause(backoff.next(), signal);
    }
  }

  /** An instance that has a state. @returns whether it has founded the log */
  private async goOn({ known, isCertain, reason }: Damage, waited: number): Promise<boolean> {
    this.trouble.note(`The registry in Redis is damaged (${reason}); the instances restore it from their memory`);
    const isBehind = known > this.replica.position.count;
    // Nobody has applied more than what comes before an entry that cannot be read.
    const isAtEnd = isBehind && (await this.readOn()) === 'unreadable';
    if (waited < (isAtEnd ? 0 : isBehind ? GRACE : isCertain ? 0 : SETTLE)) return false;
    return this.found(this.replica, isBehind);
  }

  /** An instance that starts. @returns whether it has founded the log */
  private async begin({ isNothing, reason }: Damage, waited: number): Promise<boolean> {
    if (isNothing) {
      const { wasFounded, settlesIn } = await this.past();
      // What was lost a moment ago comes back from the instances that are still there.
      if (wasFounded ? waited < SILENCE : settlesIn > 0) return false;
      return this.found(emptyState('none', this.parts), true);
    }
    this.trouble.note(`The registry in Redis is damaged (${reason}); this instance waits for one that can restore it`);
    if (waited < PATIENCE) return false;
    const salvaged = await salvageState(this.log, this.parts);
    if (!(await this.found(salvaged, true))) return false;
    this.trouble.note(
      `No instance came that could restore the registry: it begins with the ${salvaged.state.size} connections that Redis still holds; others come back when they are published again`,
    );
    return true;
  }

  /** Applies what of the log still follows on the state. */
  private async readOn(): Promise<Advance> {
    try {
      return this.replica.take(await this.log.after(this.replica.position.id));
    } catch (error) {
      if (isOfAnotherType(error)) return 'unreadable';
      throw error;
    }
  }

  private found(memory: Pick<LoadedState, 'state' | 'position' | 'from' | 'recent'>, force: boolean): Promise<boolean> {
    const { position, state, from } = memory;
    const ancestors = state.epoch === 'none' ? from : [...from, [state.epoch, position.count] as const];
    return this.log.found(position, snapshotText(memory, newEpoch()), writeAncestors(ancestors), force);
  }
}

/** A name that no other log has. */
function newEpoch(): string {
  return randomBytes(8).toString('hex');
}
