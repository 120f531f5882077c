/**
 * Says what is due for a check: each item once an interval, and all of them spread over it, so that a thousand
 * connectors which came back in the same second are not all verified in the same second ever after.
 */
export class CheckSchedule<Item extends object> {
  private readonly dueAt = new Map<Item, number>();

  /** @param interval in milliseconds; 0 means that nothing is ever due */
  constructor(private readonly interval: number) {}

  /** The first check comes at a random moment of the first interval. */
  add(item: Item, now = performance.now()): void {
    if (this.interval > 0) this.dueAt.set(item, now + Math.random() * this.interval);
  }

  delete(item: Item): void {
    this.dueAt.delete(item);
  }

  /** Takes what is due; it is not due again before {@link checked}. */
  take(now = performance.now()): Item[] {
    const due: Item[] = [];
    for (const [item, time] of this.dueAt) {
      if (time > now) continue;
      this.dueAt.set(item, Infinity);
      due.push(item);
    }
    return due;
  }

  /** A check has ended; the next one comes after so many intervals. */
  checked(item: Item, intervals = 1, now = performance.now()): void {
    if (this.dueAt.has(item)) this.dueAt.set(item, now + intervals * this.interval);
  }
}
