import type { StreamFollower } from '../api/stream-follower.js';

/** Waits until a follower has news, the signal aborts, or the time is over. Never rejects. */
export function awaitNews(
  follower: StreamFollower,
  { signal, milliseconds }: { signal?: AbortSignal | undefined; milliseconds?: number },
): Promise<void> {
  // The signal may have aborted during the read before; it sends no event then.
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = milliseconds === undefined ? undefined : setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
    follower.onNews(done);
  });
}
