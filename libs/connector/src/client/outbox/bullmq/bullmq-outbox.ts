import { Queue } from 'bullmq';
import { Outbox, type OutboxEntry, type OutboxQueue } from '../../../api/outbox.port.js';
import type { BullMqOutboxOptions } from './bullmq-outbox.options.js';
import { BullMqOutboxQueue } from './bullmq-outbox-queue.js';
import { type OutboxConnections, OutboxRedis } from './outbox-redis.js';

/**
 * Keeps notifications in Redis, one BullMQ queue for each source: they survive a restart and a `kill -9` of the
 * connector. What a resolved `notify` means then is what the Redis server promises for a written key.
 *
 * A source has one connector at a time, so its queue needs no worker: jobs stay where they are, in order, until the hub
 * has acknowledged them, and are removed then. All queues share one connection.
 *
 * @publicApi
 */
export class BullMqOutbox extends Outbox {
  readonly #options: BullMqOutboxOptions;
  readonly #redis: OutboxRedis;

  constructor(options: BullMqOutboxOptions) {
    super();
    this.#options = options;
    this.#redis = new OutboxRedis(options);
  }

  /** @throws MillraceError `UNAVAILABLE` when Redis does not answer in time, or refuses the login */
  override async open(source: string): Promise<OutboxQueue> {
    const redis = await this.#redis.take();
    let queue: Queue<OutboxEntry> | undefined;
    try {
      queue = this.#queueOf(source, redis);
      const opened = new BullMqOutboxQueue(queue, redis, () => this.#redis.release());
      await opened.count();
      return opened;
    } catch (error) {
      await queue?.close();
      await this.#redis.release();
      throw error;
    }
  }

  #queueOf(source: string, redis: OutboxConnections): Queue<OutboxEntry> {
    const {
      queueNamePrefix = 'millrace-outbox-',
      redis: shared,
      prefix,
      connection: _theirs,
      ...options
    } = this.#options;
    // Those who have used one server so far have their notifications below the prefix of BullMQ.
    const ours = shared || redis.isCluster ? `${redis.keyPrefix}{millrace:outbox}` : undefined;
    const begins = prefix ?? ours;
    return new Queue<OutboxEntry>(queueNamePrefix + encodeURIComponent(source), {
      skipVersionCheck: true,
      ...options,
      ...(begins !== undefined && { prefix: begins }),
      connection: redis.get('outbox'),
    });
  }
}
