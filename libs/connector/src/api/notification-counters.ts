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
