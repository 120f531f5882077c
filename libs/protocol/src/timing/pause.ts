import { startTimer, type Timer } from './timer.js';

/** Waits a number of milliseconds, of any size, or until the signal aborts. Never rejects, and leaves neither timer nor listener behind. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.stop();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = startTimer(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}

/**
 * Waits for a promise no longer than a deadline. The promise goes on by itself when the deadline passes first.
 *
 * @param milliseconds how long to wait; Infinity for no deadline
 * @param onTimeout makes the error to throw when the deadline passes
 */
export async function withDeadline<T>(promise: Promise<T>, milliseconds: number, onTimeout: () => Error): Promise<T> {
  let timer: Timer | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_resolve, reject) => {
        timer = startTimer(() => reject(onTimeout()), milliseconds);
      }),
    ]);
  } finally {
    timer?.stop();
  }
}
