import type { PushedItem } from './find-items.js';

/** Bytes under way at most: what is in memory. */
const MAX_BYTES = 16 * 1024 * 1024;
const DEFAULT_WINDOW = 256;

/** What `sendItems` needs of a push. */
interface Sender {
  send(data: Uint8Array): Promise<string>;
}

/** An entry that is stored. */
export interface StoredItem {
  readonly id: string;
  readonly size: number;
  readonly file: string | undefined;
}

interface SendOptions {
  /** Entries under way at most. @default 256 */
  readonly window: number | undefined;
  /** Ends it with its reason, also while the next item is awaited. */
  readonly signal: AbortSignal;
  /** Hears of each item once it is stored, in order. */
  readonly onStored: (item: StoredItem) => Promise<void> | void;
}

/**
 * Sends items as far ahead of their acknowledgements as the window allows.
 *
 * @throws what the push or `onStored` throws; the signal's reason
 */
export async function sendItems(
  items: AsyncIterable<PushedItem>,
  sender: Sender,
  { window = DEFAULT_WINDOW, signal, onStored }: SendOptions,
): Promise<void> {
  const underWay: { readonly told: Promise<void>; readonly size: number }[] = [];
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
      const { data, file } = next.value;
      for (let [oldest] = underWay; oldest && isFull(underWay.length, bytes + data.length, window); [oldest] = underWay)
        await Promise.race([oldest.told, failed]);
      const size = data.length;
      const sent = sender.send(data);
      // Heard of when its turn comes.
      sent.catch(() => undefined);
      const told = last.then(async () => {
        await onStored({ id: await sent, size, file });
        underWay.shift();
        bytes -= size;
      });
      told.catch((error: unknown) => fail(error));
      bytes += size;
      underWay.push({ told, size });
      last = told;
    }
    await Promise.race([last, failed]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: a source that waits for its next item ends when it comes, or with the process.
    iterator.return?.()?.then(undefined, () => undefined);
  }
}

function isFull(count: number, bytes: number, window: number): boolean {
  return count >= window || bytes > MAX_BYTES;
}
