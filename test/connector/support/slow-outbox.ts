import { MemoryOutbox, Outbox, type OutboxEntry, type OutboxQueue } from '@millrace/connector';

/** An outbox in memory whose calls take time, as those of a driver over the network do. */
export class SlowOutbox extends Outbox {
  constructor(private readonly milliseconds: number) {
    super();
  }

  override open(): OutboxQueue {
    return new SlowOutboxQueue(new MemoryOutbox().open(), this.milliseconds);
  }
}

class SlowOutboxQueue implements OutboxQueue {
  private step: Promise<unknown> = Promise.resolve();
  private count = 0;

  constructor(
    private readonly queue: OutboxQueue,
    private readonly milliseconds: number,
  ) {}

  get size(): number {
    return this.count;
  }

  append(entry: OutboxEntry): Promise<void> {
    this.count += 1;
    return this.later(() => this.queue.append(entry), 0);
  }

  read(limit: number): Promise<readonly OutboxEntry[]> {
    return this.later(() => this.queue.read(limit));
  }

  remove(count: number): Promise<void> {
    this.count -= count;
    return this.later(() => this.queue.remove(count), 0);
  }

  dropOldest(): Promise<boolean> {
    return this.later(async () => {
      const dropped = await this.queue.dropOldest();
      if (dropped) this.count -= 1;
      return dropped;
    });
  }

  rewind(): void {
    void this.later(() => this.queue.rewind(), 0);
  }

  async close(): Promise<void> {
    await this.step;
  }

  /** One call after the other: the work, then the way back. */
  private later<T>(work: () => T | Promise<T>, milliseconds = this.milliseconds): Promise<T> {
    const result = this.step.then(async () => {
      const value = await work();
      if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return value;
    });
    this.step = result.catch(() => undefined);
    return result;
  }
}
