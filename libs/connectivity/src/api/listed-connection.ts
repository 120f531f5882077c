import type { ConnectionEntry } from './connection-entry.js';

/** An entry with its circumstances, for pages and tools. Lookups answer live ones only. */
export interface ListedConnection {
  readonly entry: ConnectionEntry;
  /** False once its time is over; it can still be retracted, and comes back when published again. */
  readonly live: boolean;
  /** When it was published last, and until when that holds, in milliseconds since 1970 by the registry's clock. */
  readonly publishedAt: number;
  readonly expiresAt: number;
  /** Who published it, where that is known. */
  readonly publisher: string | undefined;
}
