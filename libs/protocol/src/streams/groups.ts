import type { EntryId } from './entry-id.js';

/** A group of consumers of a stream, as `GET /streams/{id}/groups/{group}` answers it (stream-store§7). */
export interface WireGroup {
  readonly group: string;
  /** One batch is out at a time. */
  readonly ordered: boolean;
  /** Milliseconds after which what a silent consumer holds goes to another one. */
  readonly idle: number;
  /** How often an entry is handed out before it is set aside. */
  readonly max_deliveries: number;
  /** The last ID that was handed out. */
  readonly last: EntryId;
  /** Kept entries that were not handed out yet; null where that is not known. */
  readonly lag: number | null;
  /** How far the newest ID lies behind the place of the group, in seconds; 0 when nothing lags, null where that is not known. */
  readonly lag_seconds: number | null;
  /** Entries handed out and not acknowledged. */
  readonly pending: number;
  /** How often the one of them was handed out that was so most often; 0 when nothing is pending, null where that is not known. */
  readonly attempts: number | null;
  readonly set_aside: number;
  /** Of those set aside, how many had to go since the list was full. */
  readonly dropped: number;
  readonly consumers: readonly {
    readonly consumer: string;
    readonly pending: number;
    /** As that of the group, of what this consumer holds. */
    readonly attempts: number | null;
    /** Milliseconds since it last asked for anything. */
    readonly idle: number;
  }[];
}

/** An entry that a group has set aside. */
export interface WireSetAsideEntry {
  readonly id: EntryId;
  readonly deliveries: number;
  /** When it was set aside, in milliseconds since 1970. */
  readonly at: number;
  readonly consumer: string;
  readonly reason: string;
}
