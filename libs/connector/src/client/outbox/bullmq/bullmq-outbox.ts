import { Queue, type QueueOptions } from 'bullmq';
import { Outbox, type OutboxQueue } from '../../../api/outbox.port.js';
import { BullMqOutboxQueue, type StoredNotification } from './bullmq-outbox-queue.js';

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
    const queue = new Queue<StoredNotification>(queueNamePrefix + encodeURIComponent(source), options);
    return BullMqOutboxQueue.open(queue);
  }
}
