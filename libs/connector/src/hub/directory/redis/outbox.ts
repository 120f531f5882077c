import type { RedisConnections } from '@millrace/core/redis';
import { pause } from '@millrace/protocol';
import type { Message } from './messages.js';
import { SEND } from './source-scripts.js';

/** Bytes that may wait for one instance; more are refused, or held back. */
export const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Bytes of messages that go at a time. */
const BATCH_BYTES = 1024 * 1024;
/** Pause before it is tried again to reach an instance for which too much waits, in milliseconds, and attempts. */
const FULL_MS = 50;
const FULL_ATTEMPTS = 100;

/** Sends messages to other instances, in order for each. Those that come while others are under way go together. */
export class Outbox {
  private readonly queues = new Map<string, [header: string, data: Buffer | string][]>();
  private readonly working = new Set<Promise<void>>();

  /** @param gone an instance has ended, or cannot be reached; what was for it is lost */
  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly keys: readonly string[],
    private readonly gone: (instance: string) => void,
  ) {}

  send(to: string, message: Message, data: Buffer | string = ''): void {
    const queue = this.queues.get(to);
    if (queue) {
      queue.push([JSON.stringify(message), data]);
      return;
    }
    this.queues.set(to, [[JSON.stringify(message), data]]);
    const work = this.work(to);
    this.working.add(work);
    void work.then(() => this.working.delete(work));
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.working.size > 0) await Promise.all(this.working);
  }

  private async work(to: string): Promise<void> {
    const queue = this.queues.get(to) ?? [];
    let isReached = true;
    while (queue.length > 0 && isReached) {
      // Where Redis is away it is as if the instance were: those who wait for it have deadlines of their own.
      isReached = await this.sent(to, take(queue)).catch(() => false);
    }
    this.queues.delete(to);
    if (!isReached) this.gone(to);
  }

  private async sent(to: string, batch: readonly (Buffer | string)[]): Promise<boolean> {
    for (let attempt = 0; attempt < FULL_ATTEMPTS; attempt += 1) {
      // Twice is harmless: each tells by its index that it has come.
      const outcome = await this.redis.persist((client) =>
        client.eval(SEND, this.keys.length, ...this.keys, to, MAX_WAITING_BYTES, ...batch),
      );
      if (outcome === 1) return true;
      if (outcome === 0) return false;
      await pause(FULL_MS);
    }
    return false;
  }
}

function take(queue: [header: string, data: Buffer | string][]): (Buffer | string)[] {
  const batch: (Buffer | string)[] = [];
  for (let bytes = 0; queue.length > 0 && bytes < BATCH_BYTES;) {
    const [header, data] = queue.shift() as [string, Buffer | string];
    bytes += header.length + data.length;
    batch.push(header, data);
  }
  return batch;
}
