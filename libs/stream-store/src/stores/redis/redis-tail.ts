import { Cluster } from 'ioredis';
import type { EntryId } from '@millrace/protocol';
import type { RedisClient } from '@millrace/core/redis';
import type { Tails } from '../following/tails.js';
import { BlockingTail } from './blocking-tail.js';
import { ClusterTail } from './cluster-tail.js';
import { FollowedStreams } from './followed-streams.js';
import type { RedisKeys } from './redis-keys.js';

/** The one reader of a process: brings the news of every followed stream to its tail. */
export interface RedisTail {
  follow(stream: string, after: EntryId): void;
  unfollow(stream: string): void;
  /** To be called when a stream was deleted by this process. */
  wake(): void;
  /** Resolves when the reader has ended. */
  close(): Promise<void>;
}

/**
 * One server can be waited at for all streams together. In a cluster they lie on several, and no command waits for those of two
 * slots: there the appends announce themselves.
 *
 * @param redis a connection of the reader's own
 */
export function redisTail(redis: RedisClient, commands: RedisClient, keys: RedisKeys, tails: Tails): RedisTail {
  const streams = new FollowedStreams(tails);
  if (redis instanceof Cluster) return new ClusterTail(redis, keys, streams);
  return new BlockingTail(redis, commands, keys, streams);
}
