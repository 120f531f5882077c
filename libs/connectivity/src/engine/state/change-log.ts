import type { ChangeType } from '@millrace/protocol';
import type { ConnectionEntry } from '../../api/connection-entry.js';

/** One change as it is kept: numbered from 1, with what was published before. */
export interface LoggedChange {
  readonly number: number;
  readonly time: number;
  readonly partition: string;
  readonly type: ChangeType;
  readonly entry: ConnectionEntry;
  /** The entry that was replaced, of a change of the type `changed`. */
  readonly previous: ConnectionEntry | undefined;
}

/** The latest changes, in order. */
export class ChangeLog {
  private changes: LoggedChange[] = [];
  private readonly listeners = new Set<() => void>();
  private waking = false;

  /** @param head number of the latest change */
  constructor(
    private readonly capacity: number,
    public head = 0,
  ) {}

  append(change: Omit<LoggedChange, 'number'>): void {
    this.head += 1;
    this.changes.push({ number: this.head, ...change });
    // Cut off in large pieces: a shift for each change would move the whole array.
    if (this.changes.length > this.capacity * 1.25) this.changes = this.changes.slice(-this.capacity);
    this.wake();
  }

  get length(): number {
    return this.changes.length;
  }

  /** Forgets all but the latest. */
  keep(most: number): void {
    if (this.changes.length > most) this.changes = most > 0 ? this.changes.slice(-most) : [];
  }

  /** Changes after a number, at most so many; undefined when some of them are no longer known. */
  after(number: number, most: number): readonly LoggedChange[] | undefined {
    if (number > this.head) return undefined;
    const from = this.changes.length - (this.head - number);
    return from < 0 ? undefined : this.changes.slice(from, from + most);
  }

  /** Resolves when there is a change after a number, or the signal is raised. */
  async changed(number: number, signal: AbortSignal): Promise<void> {
    if (this.head > number || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.listeners.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** Lets everybody who waits look again. */
  wake(): void {
    if (this.waking || this.listeners.size === 0) return;
    this.waking = true;
    // Once for all changes of one publication.
    setImmediate(() => {
      this.waking = false;
      for (const listener of [...this.listeners]) listener();
    });
  }
}
