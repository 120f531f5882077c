import { RedisConnections } from '@millrace/core/redis';
import { type BullMqOutboxOptions, redisSettings } from './bullmq-outbox.options.js';

export type OutboxConnections = RedisConnections<'outbox'>;

/** The one connection of all queues of an outbox; it is closed when the last of them is. */
export class OutboxRedis {
  private opened: Promise<OutboxConnections> | undefined;
  private users = 0;

  constructor(private readonly options: BullMqOutboxOptions) {}

  /** @throws MillraceError `UNAVAILABLE` when Redis does not answer in time, or refuses the login */
  async take(): Promise<OutboxConnections> {
    this.users += 1;
    this.opened ??= this.open();
    try {
      return await this.opened;
    } catch (error) {
      this.users -= 1;
      throw error;
    }
  }

  async release(): Promise<void> {
    this.users -= 1;
    if (this.users > 0) return;
    const connections = await this.opened;
    // Taken again meanwhile.
    if (this.users > 0) return;
    this.opened = undefined;
    connections?.close();
  }

  private async open(): Promise<OutboxConnections> {
    try {
      const connections = new RedisConnections('The outbox', redisSettings(this.options), { outbox: { shared: true } });
      await connections.ready();
      return connections;
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }
}
