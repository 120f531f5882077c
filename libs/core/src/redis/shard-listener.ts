import type { RedisServer } from './shared-redis.options.js';

/** How long a node may take to answer before the connection counts as dead. */
const ANSWER_MS = 5000;

interface Heard {
  /** A message came on a channel. */
  news(channel: string): void;
  /** The node no longer serves all slots that it did: channels may be gone from it. */
  moved(): void;
}

/** A connection that listens to shard channels of one node. Once it has ended it stays so. */
export class ShardListener {
  private readonly connection: RedisServer;
  private readonly channels = new Set<string>();
  hasEnded = false;

  constructor(node: RedisServer, heard: Heard) {
    this.connection = node.duplicate({
      lazyConnect: true,
      readOnly: false,
      // Channels are joined while it connects; and one that is made anew joins them by itself.
      enableOfflineQueue: true,
      autoResubscribe: false,
      retryStrategy: null,
      maxRetriesPerRequest: null,
      commandTimeout: ANSWER_MS,
      socketTimeout: ANSWER_MS,
    });
    // Every command has its own error; without a listener ioredis would write to the console.
    this.connection.on('error', () => undefined);
    this.connection.on('smessage', (channel: string) => heard.news(channel));
    this.connection.on('moved', () => heard.moved());
    this.connection.once('end', () => (this.hasEnded = true));
    this.connection.connect().catch(() => undefined);
  }

  get isIdle(): boolean {
    return this.channels.size === 0;
  }

  /** Resolves when the node hands on what comes. @throws the error of Redis, `MOVED` for one that is not the node's */
  async join(channel: string): Promise<void> {
    this.channels.add(channel);
    try {
      await this.connection.ssubscribe(channel);
    } catch (error) {
      this.channels.delete(channel);
      throw error;
    }
  }

  leave(channel: string): void {
    if (!this.channels.delete(channel) || this.hasEnded) return;
    this.connection.sunsubscribe(channel).catch(() => undefined);
  }

  /** Ends it where the node does not answer: a connection that was cut in silence brings nothing any more. */
  probe(): void {
    if (this.connection.status === 'ready') this.connection.ping().catch(() => this.connection.disconnect());
  }

  close(): void {
    if (!this.hasEnded) this.connection.disconnect();
  }
}
