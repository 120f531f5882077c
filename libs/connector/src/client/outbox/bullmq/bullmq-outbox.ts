import { Queue, type QueueOptions } from 'bullmq';
import { Logger } from '@nestjs/common';
import { Outbox, type OutboxQueue, type OutboxEntry } from '../../../api/outbox.port.js';
import { Sequence } from '@millrace/protocol';

/** Options of {@link BullMqOutbox}: those of a BullMQ queue, and how the queues are named. */
export interface BullMqOutboxOptions extends QueueOptions {
  /** Begins the name of the queue of each source. @default 'millrace-outbox-' */
  queueNamePrefix?: string;
}

/**
 * Keeps notifications in Redis, one BullMQ queue for each source: they survive a restart and a `kill -9` of the
 * connector. What a resolved `notify` means then is what the Redis server promises for a written key.
 *
 * A source has one connector at a time, so its queue needs no worker: jobs stay where they are, in order, until the hub
 * has acknowledged them, and are removed then.
 *
 * @publicApi
 */
export class BullMqOutbox extends Outbox {
  readonly #options: BullMqOutboxOptions;

  constructor(options: BullMqOutboxOptions) {
    super();
    this.#options = options;
  }

  override async open(source: string): Promise<OutboxQueue> {
    const { queueNamePrefix = 'millrace-outbox-', ...options } = this.#options;
    const queue = new Queue<OutboxEntry>(queueNamePrefix + encodeURIComponent(source), options);
    return new BullMqOutboxQueue(queue, await queue.getWaitingCount());
  }
}

/** The outbox of one source in a BullMQ queue. Its calls take effect one after the other. */
class BullMqOutboxQueue implements OutboxQueue {
  private readonly logger = new Logger('BullMqOutbox');
  private readonly calls = new Sequence();
  private appends: { entry: OutboxEntry; resolve: () => void; reject: (error: unknown) => void }[] = [];
  private appending: Promise<void> | undefined;
  /** Jobs read and not removed, oldest first. */
  private taken: string[] = [];
  /** Jobs whose removal has failed so far; they are older than those read. */
  private unremoved: string[] = [];

  constructor(
    private readonly queue: Queue<OutboxEntry>,
    private count: number,
  ) {
    // Without a listener a lost connection would end the process; the queue connects again by itself.
    queue.on('error', (error) => this.logger.warn(error.message));
  }

  get size(): number {
    return this.count;
  }

  /** Appends that come while one is under way go together, in one round trip. */
  append(entry: OutboxEntry): Promise<void> {
    this.count += 1;
    const result = new Promise<void>((resolve, reject) => this.appends.push({ entry, resolve, reject }));
    this.appending ??= this.writeAppends();
    return result;
  }

  read(limit: number): Promise<readonly OutboxEntry[]> {
    return this.calls.run(async () => {
      await this.removeLeftovers();
      const offset = this.taken.length;
      const jobs = await this.queue.getJobs('waiting', offset, offset + limit - 1, true);
      for (const job of jobs) if (job.id !== undefined) this.taken.push(job.id);
      return jobs.map((job) => job.data);
    });
  }

  remove(count: number): Promise<void> {
    this.count -= count;
    return this.calls.run(async () => {
      this.unremoved.push(...this.taken.splice(0, count));
      await this.removeLeftovers();
    });
  }

  dropOldest(): Promise<boolean> {
    return this.calls.run(async () => {
      await this.removeLeftovers();
      const [job] = await this.queue.getJobs('waiting', this.taken.length, this.taken.length, true);
      if (job?.id === undefined) return false;
      await this.queue.remove(job.id);
      this.count -= 1;
      return true;
    });
  }

  rewind(): void {
    void this.calls.run(async () => {
      this.taken = [];
    });
  }

  async close(): Promise<void> {
    await this.appending;
    await this.calls.run(() => this.queue.close());
  }

  private async writeAppends(): Promise<void> {
    while (this.appends.length > 0) {
      const batch = this.appends.splice(0, 500);
      try {
        await this.queue.addBulk(batch.map(({ entry }) => ({ name: 'notification', data: entry })));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.count -= batch.length;
        for (const { reject } of batch) reject(error);
      }
    }
    this.appending = undefined;
  }

  private async removeLeftovers(): Promise<void> {
    if (this.unremoved.length === 0) return;
    const ids = [...this.unremoved];
    await Promise.all(ids.map((id) => this.queue.remove(id)));
    this.unremoved.splice(0, ids.length);
  }
}
