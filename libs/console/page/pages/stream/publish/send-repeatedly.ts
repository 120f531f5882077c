import { pause } from '@millrace/protocol';

interface RepeatOptions {
  readonly send: () => Promise<string>;
  /** A second. */
  readonly rate: number;
  readonly times: number;
  readonly signal: AbortSignal;
  /** Hears how many are stored. */
  readonly onStored: (stored: number) => void;
}

/** Entries that may wait for their acknowledgement: a slow server slows the rate, and nothing piles up. */
const MOST_UNDER_WAY = 100;

/**
 * Sends the same again and again at a steady rate. Resolves when all that was sent is stored.
 *
 * @throws the first failure; nothing is sent after it
 */
export async function repeat({ send, rate, times, signal, onStored }: RepeatOptions): Promise<void> {
  const start = performance.now();
  const underWay = new Set<Promise<void>>();
  let stored = 0;
  let failure: { readonly of: unknown } | undefined;
  for (let index = 0; index < times; index += 1) {
    // By the clock of the start, so that what an answer takes does not slow it down.
    await pause(start + (index * 1000) / rate - performance.now(), signal);
    while (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay);
    if (signal.aborted || failure) break;
    const one: Promise<void> = send().then(
      () => onStored((stored += 1)),
      (error: unknown) => void (failure ??= { of: error }),
    );
    underWay.add(one);
    void one.finally(() => underWay.delete(one));
  }
  await Promise.all(underWay);
  if (failure) throw failure.of;
}
