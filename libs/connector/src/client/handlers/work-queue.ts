type Work = () => Promise<void>;

/**
 * Runs pieces of work in the order of arrival, at most `limit` at a time. While held, work is kept and none begins.
 * Work must not reject.
 */
export class WorkQueue {
  private waiting: Work[] = [];
  private running = 0;
  private held = false;
  private readonly idle = new Set<() => void>();

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

  /** Resolves when nothing is running or waiting. */
  drained(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.add(resolve));
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
    if (this.size > 0) return;
    for (const done of this.idle) done();
    this.idle.clear();
  }
}
