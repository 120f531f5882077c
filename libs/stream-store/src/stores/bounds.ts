import type { StoredEntry, StreamMetadata } from '../api/stream-store.js';
import type { StreamRetention } from '../stream-store.options.js';

/** What bounds one stream. */
export interface Bounds {
  readonly maxLength: number;
  /** Milliseconds. */
  readonly maxAge: number;
  readonly maxBytes: number;
}

/**
 * Entries that may stay above `maxLength`: trimming works in whole blocks (stream-store§1). Never fewer than the
 * limit stay.
 */
export const TRIM_SLACK = 100;

/** The bounds of a stream: those in its metadata, else those of the store. */
export function boundsOf(retention: StreamRetention, metadata?: StreamMetadata): Bounds {
  const age = positive(metadata?.max_age);
  return {
    maxLength: positive(metadata?.max_len) ?? retention.maxLength,
    maxAge: age === undefined ? (retention.maxAge ?? Infinity) : age * 1000,
    maxBytes: positive(metadata?.max_bytes) ?? retention.maxBytes ?? Infinity,
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

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
