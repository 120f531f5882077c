import type { OverflowPolicy } from '../../api/overflow.js';

/** Where a sender writes; a live, configured link. */
export interface NotificationOutlet {
  readonly isOpen: boolean;
  send(text: string): boolean;
  drained(): Promise<void>;
  fail(message: string, code?: number): void;
}

export interface NotificationSenderOptions {
  readonly source: string;
  readonly capacity: number;
  readonly overflow: OverflowPolicy;
  /** The largest notification taken, in bytes of JSON. */
  readonly maxNotificationBytes: number;
  /** Notifications on their way without an acknowledgement. */
  readonly window: number;
  /** How long the hub may owe an acknowledgement, in milliseconds. */
  readonly ackTimeout: number;
  /** Forget a notification once it is handed to the socket. */
  readonly atMostOnce: boolean;
  /** Send the id of each notification, so that a hub can tell a repeated sending. */
  readonly ids: boolean;
  readonly report: (message: string) => void;
}

/** Counters of the notifications of one source. */
export interface NotificationCounters {
  /** In the outbox, those on their way included. */
  readonly waiting: number;
  /** Sent and not yet acknowledged. */
  readonly inFlight: number;
  readonly acknowledged: number;
  /** Refused by the hub with a status of at least 300; not sent again. */
  readonly refused: number;
  /** Lost to the overflow rule. */
  readonly dropped: number;
  /** Sent more than once, after a connection was cut. */
  readonly resent: number;
}
