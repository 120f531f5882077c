/** Requests that one connection may give up at once, before any were paid back; and those it gets back in a second. */
const BURST = 500;
const RATE = 33;

/**
 * Counts the requests which one HTTP/2 connection starts and gives up. The protocol lets a client start the next one at once, so the
 * limit of requests under way does not bound the work it makes. The library below has a limit of its own in some versions only, and
 * keeps the connection.
 */
export class ResetBudget {
  private left = BURST;
  private at = performance.now();

  /** Whether one more reset is within what a client may do. */
  take(): boolean {
    const now = performance.now();
    this.left = Math.min(BURST, this.left + ((now - this.at) / 1000) * RATE) - 1;
    this.at = now;
    return this.left >= 0;
  }
}
