/** Bytes under way at most: what is in memory. */
const MAX_BYTES = 16 * 1024 * 1024;
const DEFAULT_WINDOW = 256;

interface SendOptions<Item> {
  /** Pushes an item; answers its ID once it is stored. */
  readonly send: (item: Item) => Promise<string>;
  /** Entries under way at most. @default 256 */
  readonly window?: number | undefined;
  /** Ends it with its reason, also while the next item is awaited. */
  readonly signal: AbortSignal;
  /** Hears of each item once it is stored, in order. */
  readonly onStored: (id: string, item: Item) => Promise<void> | void;
}

/**
 * Sends items as far ahead of their acknowledgements as the window allows.
 *
 * @throws what the push or `onStored` throws; the signal's reason
 */
export async function sendItems<Item extends { readonly data: Uint8Array }>(
  items: AsyncIterable<Item>,
  { send, window = DEFAULT_WINDOW, signal, onStored }: SendOptions<Item>,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  let bytes = 0;
  let last = Promise.resolve();
  let fail: (error: unknown) => void = () => undefined;
  // A source may have nothing for hours: what went wrong meanwhile must not wait for it.
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => undefined);
  const onAbort = (): void => fail(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), failed]);
      if (next.done) break;
      const item = next.value;
      const size = item.data.length;
      while (underWay[0] && (underWay.length >= window || bytes + size > MAX_BYTES))
        await Promise.race([underWay[0], failed]);
      const sent = send(item);
      // Heard of when its turn comes.
      sent.catch(() => undefined);
      const told = last.then(async () => {
        await onStored(await sent, item);
        void underWay.shift();
        bytes -= size;
      });
      told.catch((error: unknown) => fail(error));
      bytes += size;
      underWay.push(told);
      last = told;
    }
    await Promise.race([last, failed]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: a source that waits for its next item ends when it comes, or with the process.
    iterator.return?.()?.then(undefined, () => undefined);
  }
}
