import type { RedisClient } from '@millrace/core/redis';
import type { RedisKeys } from './redis-keys.js';

/** Keys that one step of the walk looks at. */
const STEP = 1000;

/** Names of all streams behind the prefix; the keys are walked in steps, so that other commands do not wait. */
export async function listStreams(redis: RedisClient, keys: RedisKeys): Promise<string[]> {
  const names = new Set<string>();
  const servers = 'nodes' in redis ? redis.nodes('master') : [redis];
  for (const server of servers) {
    let cursor = '0';
    do {
      const [next, found] = await server.scan(cursor, 'MATCH', keys.pattern, 'COUNT', STEP, 'TYPE', 'stream');
      for (const key of found) names.add(keys.nameOf(key));
      cursor = next;
    } while (cursor !== '0');
  }
  return [...names];
}
