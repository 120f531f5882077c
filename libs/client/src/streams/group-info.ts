import type { EntryId, WireGroup } from '@millrace/protocol';

/** A group of consumers of a stream (stream-store§7). */
export interface GroupInfo {
  readonly group: string;
  /** One batch is out at a time. */
  readonly ordered: boolean;
  /** Milliseconds after which what a silent consumer holds goes to another one. */
  readonly idle: number;
  /** How often an entry is handed out before it is set aside. */
  readonly maxDeliveries: number;
  /** The last ID that was handed out. */
  readonly last: EntryId;
  /** Kept entries that were not handed out yet; undefined where the server does not know. */
  readonly lag: number | undefined;
  /** Entries handed out and not acknowledged. */
  readonly pending: number;
  readonly setAside: number;
  /** Of those set aside, how many had to go since the list was full. */
  readonly dropped: number;
  /** Each with what it holds, and the milliseconds since it last asked for anything. */
  readonly consumers: readonly { readonly consumer: string; readonly pending: number; readonly idle: number }[];
}

/** Reads one object of `GET /streams/{id}/groups`. */
export function groupInfoOf({ max_deliveries, set_aside, lag, ...same }: WireGroup): GroupInfo {
  return { ...same, lag: lag ?? undefined, maxDeliveries: max_deliveries, setAside: set_aside };
}
