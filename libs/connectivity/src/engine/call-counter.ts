import type { CallStatistics } from '../api/connection-registry.js';

/** Counts calls which succeeded, and the time they took. */
export class CallCounter {
  private calls = 0;
  private milliseconds = 0;

  /** @param start `performance.now()` at the beginning of the call */
  count(start: number): void {
    this.calls += 1;
    this.milliseconds += performance.now() - start;
  }

  read(): CallStatistics {
    return { calls: this.calls, microseconds: Math.round(this.milliseconds * 1000) };
  }
}
