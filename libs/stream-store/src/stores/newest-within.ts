import type { StoredEntry } from '../api/stream-entry.js';

/**
 * As many of the newest entries as a number of bytes has room for, oldest first; the newest one in any case.
 *
 * @param entries newest first
 */
export function newestWithin(entries: readonly StoredEntry[], maxBytes: number): StoredEntry[] {
  let bytes = 0;
  const over = entries.findIndex(({ data }, index) => (bytes += data.length) > maxBytes && index > 0);
  return entries.slice(0, over < 0 ? entries.length : over).reverse();
}
