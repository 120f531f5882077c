import { startTimer } from '@millrace/protocol';
import type { FollowedBatch, ReadLimit, StreamFollower } from '../api/stream-store.js';

/** Waits until a follower has news, the signal aborts, or the time is over. Never rejects. */
export function awaitNews(
  follower: StreamFollower,
  { signal, milliseconds }: { signal?: AbortSignal | undefined; milliseconds?: number },
): Promise<void> {
  // The signal may have aborted during the read before; it sends no event then.
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer?.stop();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = milliseconds === undefined ? undefined : startTimer(done, milliseconds);
    signal?.addEventListener('abort', done);
    follower.onNews(done);
  });
}

/**
 * Takes the next news of a follower, waiting for them up to a number of milliseconds; undefined when none came, or the
 * signal aborted.
 */
export async function takeNews(
  follower: StreamFollower,
  { limit, wait, signal }: { limit: Partial<ReadLimit>; wait: number; signal: AbortSignal },
): Promise<FollowedBatch | undefined> {
  const end = performance.now() + wait;
  while (!signal.aborted) {
    const batch = await follower.take(limit);
    if (batch.entries.length > 0 || batch.gaps.length > 0) return batch;
    const left = end - performance.now();
    if (left <= 0) return undefined;
    await awaitNews(follower, { signal, milliseconds: left });
  }
  return undefined;
}
