import { isCluster, type RedisConnections, ShardNews } from '@millrace/core/redis';
import { Backoff, pause } from '@millrace/protocol';
import { logEntries } from './log/registry-log.js';
import type { TableKeys } from './log/registry-keys.js';
import { BEAT } from './registry-clock.js';
import type { RegistryShard } from './shard/registry-shard.js';

/** Entries of one log that one read brings, at most. */
const MOST = 200;

/**
 * Brings entries to those who watch, as they come. One server is waited at for all watched shards together; in a cluster no
 * command waits for keys of two slots, and there the entries announce themselves.
 *
 * Somebody who waits is also a sign for others, by the count of blocked clients of Redis, that there are instances.
 */
export class WatchTail {
  private readonly watches = new Map<RegistryShard, number>();
  private readonly news: ShardNews | undefined;
  private connectionId: number | undefined;

  constructor(
    private readonly connections: RedisConnections<'commands' | 'registry-tail'>,
    private readonly keys: TableKeys,
    private readonly signal: AbortSignal,
  ) {
    const [redis, tail] = [connections.get('commands'), connections.get('registry-tail')];
    if (!isCluster(tail)) tail.on('close', () => (this.connectionId = undefined));
    if (!isCluster(redis)) return;
    const look = (key: string): void => this.look(key);
    this.news = new ShardNews(redis, { news: look, look, refused: () => undefined });
  }

  /** @returns ends it */
  watch(shard: RegistryShard): () => void {
    const { watches, news } = this;
    const { log } = shard.keys;
    watches.set(shard, (watches.get(shard) ?? 0) + 1);
    if (watches.get(shard) === 1) {
      news?.follow(log);
      // A read that waits does not know of it. Those who watch hear of an error.
      shard.load().then(
        () => this.wake(),
        () => undefined,
      );
    }
    return () => {
      const left = (watches.get(shard) ?? 1) - 1;
      if (left > 0) return void watches.set(shard, left);
      watches.delete(shard);
      if (![...watches.keys()].some(({ keys }) => keys.log === log)) news?.unfollow(log);
    };
  }

  /** Reads until the end; never rejects. */
  async run(): Promise<void> {
    const backoff = new Backoff({ initial: 50, max: 500 });
    while (!this.signal.aborted) {
      try {
        this.news?.review();
        await this.readOnce();
        backoff.reset();
      } catch {
        // The beat meets the same trouble, and says so.
        await pause(backoff.next(), this.signal);
      }
    }
    this.news?.close();
  }

  private async readOnce(): Promise<void> {
    const tail = this.connections.get('registry-tail');
    if (!isCluster(tail)) this.connectionId ??= await tail.client('ID');
    const shards = this.news ? [] : [...this.watches.keys()].filter(({ isLoaded }) => isLoaded);
    const logs = shards.map(({ keys }) => keys.log);
    const ids = shards.map(({ position }) => position.id);
    const keys = [this.keys.presence, ...logs, '0-0', ...ids];
    const reply = await tail.xread('COUNT', MOST, 'BLOCK', BEAT, 'STREAMS', ...keys);
    for (const [key, raw] of reply ?? []) await shards[logs.indexOf(key)]?.takeNews(() => logEntries(raw));
  }

  /** Ends a read that waits. Should this be lost, it ends by itself soon. */
  private wake(): void {
    if (this.connectionId === undefined || this.news) return;
    this.connections
      .get('commands')
      .client('UNBLOCK', this.connectionId)
      .catch(() => undefined);
  }

  private look(key: string): void {
    for (const shard of this.watches.keys()) {
      // The beat meets the same trouble.
      if (shard.keys.log === key) shard.lookAround().catch(() => undefined);
    }
  }
}
