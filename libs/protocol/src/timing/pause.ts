/** Waits a number of milliseconds, or until the signal aborts. Never rejects, and leaves neither timer nor listener behind. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}

/**
 * Waits for a promise no longer than a deadline. The promise goes on by itself when the deadline passes first.
 *
 * @param milliseconds how long to wait
 * @param onTimeout makes the error to throw when the deadline passes
 */
export async function withDeadline<T>(promise: Promise<T>, milliseconds: number, onTimeout: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(onTimeout()), milliseconds);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
