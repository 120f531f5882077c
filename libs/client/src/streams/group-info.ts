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
  /** How far the newest ID lies behind the place of the group, in seconds; 0 when nothing lags, undefined where that is not known. */
  readonly lagSeconds: number | undefined;
  /** Entries handed out and not acknowledged. */
  readonly pending: number;
  /** How often the one of them was handed out that was so most often; undefined where the server does not know. */
  readonly attempts: number | undefined;
  readonly setAside: number;
  /** Of those set aside, how many had to go since the list was full. */
  readonly dropped: number;
  readonly consumers: readonly GroupConsumerInfo[];
}

/** A consumer of a group. */
export interface GroupConsumerInfo {
  readonly consumer: string;
  /** Entries that it holds. */
  readonly pending: number;
  /** How often the one of them was handed out that was so most often; undefined where the server does not know. */
  readonly attempts: number | undefined;
  /** Milliseconds since it last asked for anything. */
  readonly idle: number;
}

/** Reads one object of `GET /streams/{id}/groups`. An older server leaves some out. */
export function groupInfoOf({ max_deliveries, set_aside, lag_seconds, ...same }: WireGroup): GroupInfo {
  return {
    ...same,
    lag: same.lag ?? undefined,
    lagSeconds: lag_seconds ?? undefined,
    attempts: same.attempts ?? undefined,
    maxDeliveries: max_deliveries,
    setAside: set_aside,
    consumers: same.consumers.map((one) => ({ ...one, attempts: one.attempts ?? undefined })),
  };
}
