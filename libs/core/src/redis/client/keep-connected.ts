import { pause } from '@millrace/protocol';
import type { RedisClient } from '../shared-redis.options.js';

const AGAIN_MS = 100;

/**
 * Connects again where a connection ends by itself: one by Sentinel does so for good when it hears of a failover while it is
 * looking for the master.
 *
 * @returns lets it end; to be called before it is closed
 */
export function keepConnected(client: RedisClient): () => void {
  const closing = new AbortController();
  const connectAgain = async (): Promise<void> => {
    await pause(AGAIN_MS, closing.signal);
    if (!closing.signal.aborted) await client.connect();
  };
  // Where that fails too it ends once more.
  client.on('end', () => void connectAgain().catch(() => undefined));
  return () => closing.abort();
}
