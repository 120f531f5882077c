import { setImmediate } from 'node:timers/promises';
import { MillraceError } from '@millrace/core/errors';
import type { UnreadableEntry } from '@millrace/protocol';
import type { StoredEntry } from '../../api/stream-store.js';
import type { Conversion } from './conversion.js';

/** What became of an entry: the same with other data, or why it could not be converted. */
export type Converted =
  | { readonly entry: StoredEntry; readonly unreadable?: undefined }
  | { readonly entry?: undefined; readonly unreadable: UnreadableEntry };

/** Conversions under way for one reader. They run on the threads of the process, of which there are four by default. */
const AT_ONCE = 4;

/** Bytes after which others get their turn: JSON is converted on the main thread. */
const TURN_BYTES = 1024 * 1024;

/**
 * Converts entries, in order. No more than a few converted ones are held at a time, so that a reader which stops taking them
 * stops the work.
 *
 * @throws MillraceError for what is not the fault of an entry, such as a missing package
 */
export async function* convertEntries(
  entries: Iterable<StoredEntry>,
  conversion: Conversion,
): AsyncGenerator<Converted, void, undefined> {
  const running: Promise<Converted>[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const converted = convert(entry, conversion);
    // It may fail before its turn has come, or when nobody asks any more.
    converted.catch(() => undefined);
    running.push(converted);
    bytes += entry.data.length;
    if (bytes >= TURN_BYTES) {
      bytes = 0;
      await setImmediate();
    }
    if (running.length === AT_ONCE) yield (await running.shift()) as Converted;
  }
  for (const converted of running) yield await converted;
}

async function convert({ stream, id, data }: StoredEntry, conversion: Conversion): Promise<Converted> {
  try {
    return { entry: { stream, id, data: await conversion(data) } };
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'INVALID') throw error;
    return { unreadable: { stream, id, bytes: data.length, reason: error.message } };
  }
}
