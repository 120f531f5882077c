import { awaitNews } from '../../engine/await-news.js';
import type { FollowedBatch, StreamFollower } from '../../api/stream-follower.js';

/** Iterates over a follower's batches until the signal aborts; frees the follower at the end. */
export async function* followBatches(follower: StreamFollower, signal?: AbortSignal): AsyncGenerator<FollowedBatch> {
  try {
    while (!signal?.aborted && !follower.closed) {
      const batch = await follower.take();
      if (batch.entries.length > 0 || batch.gaps.length > 0) yield batch;
      else await awaitNews(follower, { signal });
    }
  } finally {
    follower.close();
  }
}
