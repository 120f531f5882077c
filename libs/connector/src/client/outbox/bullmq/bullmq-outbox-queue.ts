import { thrownText, Sequence } from '@millrace/protocol';
import type { Queue } from 'bullmq';
import type { OutboxEntry, OutboxQueue } from '../../../api/outbox.port.js';
import { ConnectorError } from '../../../errors/connector.error.js';
import type { OutboxConnections } from './outbox-redis.js';

/** Most entries written in one round trip. */
const WRITTEN_AT_A_TIME = 500;

interface Append {
  readonly entry: OutboxEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The outbox of one source in a BullMQ queue. Its calls take effect one after the other. While Redis is away they wait for it,
 * for as long as a command may take, and are done again: jobs are named after their entries, so that none is there twice.
 */
export class BullMqOutboxQueue implements OutboxQueue {
  private readonly calls = new Sequence();
  private appends: Append[] = [];
  private appending: Promise<void> | undefined;
  /** Jobs in the queue, those on their way into it included, without {@link unremoved}. */
  private kept = 0;
  /** An append failed, and may have been done all the same. */
  private uncertain = false;
  /** Jobs read and not removed, oldest first. */
  private taken: string[] = [];
  /** Jobs whose removal has failed so far. */
  private unremoved: string[] = [];

  /** @param onClosed called when the queue has been closed */
  constructor(
    private readonly queue: Queue<OutboxEntry>,
    private readonly redis: OutboxConnections,
    private readonly onClosed: () => Promise<void>,
  ) {
    // Without a listener a lost connection would end the process. Who waits for a call is told by the call.
    queue.on('error', () => undefined);
  }

  get size(): number {
    return this.kept;
  }

  /** Counts what is in the queue. */
  async count(): Promise<void> {
    const waiting = await this.redis.persist(() => this.queue.getWaitingCount());
    this.kept = waiting - this.unremoved.length + this.appends.length;
    this.uncertain = false;
  }

  /** Appends that come while one is under way go together, in one round trip. */
  append(entry: OutboxEntry): Promise<void> {
    this.kept += 1;
    const result = new Promise<void>((resolve, reject) => this.appends.push({ entry, resolve, reject }));
    this.appending ??= this.writeAppends();
    return result;
  }

  read(limit: number): Promise<readonly OutboxEntry[]> {
    return this.calls.run(async () => {
      await this.removeLeftovers();
      if (this.uncertain && !this.appending) await this.count();
      const offset = this.taken.length;
      const jobs = await this.waiting(offset, limit);
      for (const job of jobs) if (job.id !== undefined) this.taken.push(job.id);
      this.kept = Math.max(this.kept, this.taken.length);
      return jobs.map((job) => job.data);
    });
  }

  remove(count: number): Promise<void> {
    this.kept -= count;
    return this.calls.run(async () => {
      this.unremoved.push(...this.taken.splice(0, count));
      await this.removeLeftovers();
    });
  }

  dropOldest(): Promise<boolean> {
    return this.calls.run(async () => {
      await this.removeLeftovers();
      const [job] = await this.waiting(this.taken.length, 1);
      if (job?.id === undefined) return false;
      this.kept -= 1;
      this.unremoved.push(job.id);
      await this.removeLeftovers();
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
    await this.onClosed();
  }

  private waiting(offset: number, limit: number) {
    return this.redis.persist(() => this.queue.getJobs('waiting', offset, offset + limit - 1, true));
  }

  private async writeAppends(): Promise<void> {
    while (this.appends.length > 0) {
      const batch = this.appends.splice(0, WRITTEN_AT_A_TIME);
      try {
        if (this.uncertain) await this.calls.run(() => this.countBeside(batch.length));
        await this.redis.persist(() => this.queue.addBulk(batch.map(({ entry }) => jobOf(entry))));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.kept -= batch.length;
        this.uncertain = true;
        for (const { reject } of batch) reject(notKept(error));
      }
    }
    this.appending = undefined;
  }

  private async countBeside(underWay: number): Promise<void> {
    await this.count();
    this.kept += underWay;
  }

  private async removeLeftovers(): Promise<void> {
    if (this.unremoved.length === 0) return;
    const ids = [...this.unremoved];
    await this.redis.persist(() => Promise.all(ids.map((id) => this.queue.remove(id))));
    this.unremoved.splice(0, ids.length);
  }
}

/** BullMQ takes no colon in the name of a job. */
function jobOf(entry: OutboxEntry) {
  return { name: 'notification', data: entry, opts: { jobId: entry.id.replaceAll(':', '-') } };
}

function notKept(error: unknown): ConnectorError {
  const text = `${thrownText(error)}. The notification may have been kept all the same`;
  return new ConnectorError(text, 'UNAVAILABLE', { cause: error });
}
