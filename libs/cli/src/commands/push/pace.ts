import { pause } from '@millrace/protocol';

/** Waits until a time of the monotonic clock, in milliseconds; a time that has passed ends at once. @throws the signal's reason */
export async function reachTime(time: number, signal: AbortSignal): Promise<void> {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) {
    await pause(left, signal);
    signal.throwIfAborted();
  }
}

/** Lets so many items a second through. What was late is not made up for by a burst longer than a second. */
export async function* atRate<Item>(
  items: AsyncIterable<Item>,
  rate: number,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  let next: number | undefined;
  for await (const item of items) {
    const now = performance.now();
    next = Math.max(next ?? now, now - 1000);
    await reachTime(next, signal);
    next += 1000 / rate;
    yield item;
  }
}
