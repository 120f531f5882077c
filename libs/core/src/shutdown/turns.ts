import { startTimer } from '@millrace/protocol';

/** The longest pause between two turns, in milliseconds: few have not to wait for long. */
const LONGEST_PAUSE = 20;

/** Gives turns one after the other to all that ask at the same time. */
export class Turns {
  private waiting: (() => void)[] = [];

  /** @param spread the longest time from the first turn to the last, in milliseconds */
  constructor(private readonly spread: () => number) {}

  /** Resolves when it is the caller's turn. Those who ask later than in the same turn of the event loop queue up anew. */
  next(): Promise<void> {
    if (this.waiting.length === 0) setImmediate(() => this.give());
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private give(): void {
    const { waiting } = this;
    this.waiting = [];
    const pause = Math.min(LONGEST_PAUSE, this.spread() / waiting.length);
    const begunAt = performance.now();
    let given = 0;
    const due = (): void => {
      // Timers are late on a busy machine, and no finer than a millisecond: those whose time has come go together.
      const passed = performance.now() - begunAt;
      while (given < waiting.length && given * pause <= passed) waiting[given++]?.();
      if (given < waiting.length) startTimer(due, given * pause - passed);
    };
    due();
  }
}
