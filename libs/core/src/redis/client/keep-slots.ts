import type { RedisCluster } from '../shared-redis.options.js';

const AGAIN_MS = 5000;

/**
 * Asks now and then where the slots of a cluster are. Not ioredis by itself: its timer goes on, and the process with
 * it, where the connection is closed while it asks.
 *
 * @returns ends it
 */
export function keepSlots(client: RedisCluster): () => void {
  const timer = setInterval(() => {
    if (client.status === 'ready') client.refreshSlotsCache();
  }, AGAIN_MS);
  timer.unref();
  return () => clearInterval(timer);
}
