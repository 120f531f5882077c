import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a time of the monotonic clock, in milliseconds; a time that has passed ends at once. @throws the signal's reason */
export async function reachTime(time: number, signal: AbortSignal): Promise<void> {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) {
    signal.throwIfAborted();
    try {
      // Longer timers overflow.
      await sleep(Math.min(left, 60_000), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }
}

/** Lets items through at a rate. What was late is not made up for by a burst longer than a second. */
export class Pace {
  private next: number | undefined;

  constructor(
    /** Items a second; undefined: as fast as they come. */
    private readonly rate: number | undefined,
    private readonly signal: AbortSignal,
  ) {}

  async wait(): Promise<void> {
    if (this.rate === undefined) return;
    const now = performance.now();
    this.next = Math.max(this.next ?? now, now - 1000);
    await reachTime(this.next, this.signal);
    this.next += 1000 / this.rate;
  }
}
