/** Lags are forgotten after one to two of these, in milliseconds. */
const WINDOW = 5000;

/** The least time by which frames came later than their IDs say, of late: what the way and the clocks take at any rate. */
export class LeastLag {
  private began = -Infinity;
  private before = Infinity;
  private now = Infinity;

  add(lag: number): void {
    const at = performance.now();
    if (at - this.began > WINDOW) {
      this.before = at - this.began > 2 * WINDOW ? Infinity : this.now;
      this.now = Infinity;
      this.began = at;
    }
    this.now = Math.min(this.now, lag);
  }

  /** Milliseconds; Infinity before the first frame. */
  get value(): number {
    return Math.min(this.before, this.now);
  }
}
