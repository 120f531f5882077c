import { Condition } from '../session/condition.js';

type Work = () => Promise<void>;

/**
 * Runs pieces of work in the order of arrival, at most `limit` at a time. While held, work is kept and none begins.
 * Work must not reject.
 */
export class WorkQueue {
  private waiting: Work[] = [];
  private running = 0;
  private held = false;
  private readonly idle = new Condition(() => this.size === 0);

  constructor(private readonly limit: number) {}

  /** Pieces waiting and running. */
  get size(): number {
    return this.waiting.length + this.running;
  }

  push(work: Work): void {
    this.waiting.push(work);
    this.next();
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.next();
  }

  /** Resolves true once nothing is running or waiting, or false after a deadline in milliseconds. */
  drained(deadline: number): Promise<boolean> {
    return this.idle.until(deadline);
  }

  private next(): void {
    while (!this.held && this.running < this.limit) {
      const work = this.waiting.shift();
      if (!work) break;
      this.running += 1;
      void work().finally(() => {
        this.running -= 1;
        this.next();
      });
    }
    this.idle.check();
  }
}
