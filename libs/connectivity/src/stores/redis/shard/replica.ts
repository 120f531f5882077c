import { compareIds } from '@millrace/protocol';
import type { RegistryState } from '../../../engine/state/registry-state.js';
import { type Ancestor, holds } from '../log/ancestors.js';
import type { LogHead } from '../log/barrier.js';
import { applyEntry, type CommandOutcome, emptyState, type LoadedState, type StateParts } from './load-state.js';
import type { LogEntry, Position } from '../log/log-entry.js';
import type { PendingCommands } from './pending-commands.js';
import { BEGINNING, type Entries } from '../log/registry-log.js';

/** Commands that are remembered for the other instances, in case a log is lost. */
const RECENT = 256;

/** What became of entries that were read. */
export type Advance = 'taken' | 'unreadable' | 'apart';

/** What an instance has of the registry in its memory. */
export class Replica {
  state: RegistryState;
  /** The last command applied. */
  position: Position = BEGINNING;
  /** The last command of the latest snapshot that is known. */
  snapshotCount = 0;
  /** The logs from which the one that is followed goes on. */
  from: readonly Ancestor[] = [];
  /** Ids of the commands applied last. */
  recent: string[] = [];
  /** False before anything was loaded. */
  isLoaded = false;
  /** Whether what the log holds does not follow on the state. */
  isAdrift = false;
  /** Whether the log went on from before the end of the state: a replica of Redis took over that lacked the last commands. */
  private isCut = false;
  /** Commands applied, since this instance follows the log. */
  applied = 0;

  /** @param onChange called when something may be due sooner */
  constructor(
    parts: StateParts,
    private readonly pending: PendingCommands,
    private readonly onChange: () => void,
  ) {
    this.state = emptyState('none', parts).state;
  }

  /** Whether a log is not the one that the state comes from. An earlier release names none, and begins to count anew. */
  isOther({ epoch, count }: LogHead, before = this.position.count): boolean {
    if (epoch !== '' && epoch !== this.state.epoch) return true;
    // Until it is loaded it may be as long again.
    if (count < before && count < this.position.count) this.isCut = true;
    return count < before;
  }

  /** Whether it can simply go on with a log. */
  follows(head: LogHead): boolean {
    return this.isLoaded && !this.isAdrift && !this.isOther(head);
  }

  /** Whether another state holds everything that this one does. */
  isWithin({ state, from, position }: LoadedState): boolean {
    const { epoch } = this.state;
    // A replica of Redis that took over may lack the last commands of the same log.
    const isSameLog = state.epoch === epoch && position.count >= this.position.count && !this.isCut;
    return !this.isLoaded || isSameLog || holds(from, epoch, this.position.count);
  }

  /** Applies entries as far as each is the next one. */
  take(entries: Entries): Advance {
    for (const { id, entry } of entries) {
      // Read before this instance went over to another state.
      if (compareIds(id, this.position.id) <= 0) continue;
      if (!entry) return 'unreadable';
      if (entry.count <= this.position.count) this.isCut = this.isAdrift = true;
      if (entry.count !== this.position.count + 1) return 'apart';
      this.apply(entry);
    }
    return 'taken';
  }

  /** Goes over to another state. */
  moveTo(loaded: LoadedState): void {
    const before = this.state;
    this.state = loaded.state;
    this.from = loaded.from;
    this.position = loaded.position;
    this.snapshotCount = loaded.snapshotCount;
    this.recent = [...loaded.recent];
    this.isLoaded = true;
    this.isAdrift = this.isCut = false;
    for (const id of loaded.recent) this.pending.succeed(id);
    for (const outcome of loaded.outcomes) this.settle(outcome);
    this.applied += loaded.outcomes.length;
    this.pending.move(before.epoch, { epoch: loaded.state.epoch, count: loaded.position.count });
    // The watchers of the old state have to look for the new one.
    before.log.wake();
    before.log.keep(0);
    this.onChange();
  }

  private apply(entry: LogEntry): void {
    this.position = { count: entry.count, id: entry.id };
    for (const outcome of applyEntry(this.state, entry)) this.settle(outcome);
    this.applied += entry.commands.length;
    this.onChange();
  }

  private settle({ commandId, error }: CommandOutcome): void {
    if (error !== undefined) return this.pending.fail(commandId, error);
    this.pending.succeed(commandId);
    if (commandId === '') return;
    this.recent.push(commandId);
    if (this.recent.length > 2 * RECENT) this.recent = this.recent.slice(-RECENT);
  }
}
