import { awaitNews } from './await-news.js';
import type { FollowedBatch, StreamFollower } from '../api/stream-follower.js';
import type { ReadLimit } from '../api/stream-entry.js';

/**
 * Takes the next news of a follower, waiting for them up to a number of milliseconds; undefined when none came, or the
 * signal aborted.
 */
export async function takeNews(
  follower: StreamFollower,
  { limit, wait, signal }: { limit: Partial<ReadLimit>; wait: number; signal: AbortSignal },
): Promise<FollowedBatch | undefined> {
  const end = Date.now() + wait;
  while (!signal.aborted) {
    const batch = await follower.take(limit);
    if (batch.entries.length > 0 || batch.gaps.length > 0) return batch;
    const left = end - Date.now();
    if (left <= 0) return undefined;
    await awaitNews(follower, { signal, milliseconds: left });
  }
  return undefined;
}
