import { isCluster, type RedisClient } from '@millrace/core/redis';
import type { Tails } from '../../following/tails.js';
import type { RedisKeys } from '../redis-keys.js';
import { BlockingTail } from './blocking-tail.js';
import { ClusterTail } from './cluster-tail.js';
import { FollowedStreams } from './followed-streams.js';
import type { RedisTail } from './redis-tail.js';

/**
 * One server can be waited at for all streams together. In a cluster they lie on several, and no command waits for those of two
 * slots: there the appends announce themselves.
 *
 * @param redis a connection of the reader's own
 */
export function redisTail(redis: RedisClient, commands: RedisClient, keys: RedisKeys, tails: Tails): RedisTail {
  const streams = new FollowedStreams(tails);
  if (isCluster(redis)) return new ClusterTail(redis, keys, streams);
  return new BlockingTail(redis, commands, keys, streams);
}
