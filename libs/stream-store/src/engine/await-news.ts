import { startTimer } from '@millrace/protocol';
import type { FollowedBatch, ReadLimit, StreamFollower } from '../api/stream-store.js';
import type { ToldEnds } from './told-ends.js';

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
 * Takes the next news of a follower, waiting for them up to a number of milliseconds; undefined when none came, the signal
 * aborted, or there is an end to be told.
 */
export async function takeNews(
  follower: StreamFollower,
  { limit, wait, signal, ends }: { limit: Partial<ReadLimit>; wait: number; signal: AbortSignal; ends: ToldEnds },
): Promise<FollowedBatch | undefined> {
  const end = performance.now() + wait;
  while (!signal.aborted) {
    const batch = await follower.take(limit);
    if (batch.entries.length > 0 || batch.gaps.length > 0) return batch;
    const left = end - performance.now();
    if (left <= 0 || ends.isDue || ends.isLast) return undefined;
    await awaitNews(follower, { signal, milliseconds: left });
  }
  return undefined;
}
