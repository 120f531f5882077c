import type { StoredEntry, StreamMetadata } from '../api/stream-store.js';
import type { StreamRetention } from '../stream-store.options.js';

/** What bounds one stream. */
export interface Bounds {
  readonly maxLength: number;
  /** Milliseconds. */
  readonly maxAge: number;
  readonly maxBytes: number;
}

/** Of a stream that keeps everything. */
export const UNBOUNDED: Bounds = Object.freeze({ maxLength: Infinity, maxAge: Infinity, maxBytes: Infinity });

/**
 * Entries that may stay above `maxLength`: trimming works in whole blocks (stream-store§1). Never fewer than the
 * limit stay.
 */
export const TRIM_SLACK = 100;

/** The bounds of a stream: those in its metadata, else those of the store. */
export function boundsOf(retention: StreamRetention, metadata?: StreamMetadata): Bounds {
  return {
    maxLength: bound(metadata?.max_len) ?? retention.maxLength,
    maxAge: bound(metadata?.max_age, 1000) ?? Math.ceil(retention.maxAge ?? Infinity),
    maxBytes: bound(metadata?.max_bytes) ?? retention.maxBytes ?? Infinity,
  };
}

/** Drivers take whole numbers only; those of metadata may have a fraction, or be as large as JSON has them. */
function bound(value: unknown, unit = 1): number | undefined {
  if (typeof value !== 'number' || !(value > 0)) return undefined;
  return Math.min(Math.ceil(value * unit), Number.MAX_SAFE_INTEGER);
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
