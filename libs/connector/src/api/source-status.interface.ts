/** Where a connection stands. `waiting` is the pause before the next attempt; `failed` and `closed` are final. */
export type SourceState =
  'idle' | 'connecting' | 'authenticating' | 'claiming' | 'connected' | 'waiting' | 'failed' | 'closed';

/** What a connection says of itself, for health, metrics and people. Holds no secret. */
export interface SourceStatus {
  readonly source: string;
  readonly state: SourceState;
  /** When this state began, in milliseconds since 1970. */
  readonly since: number;
  /** Attempts since the last good connection. */
  readonly attempts: number;
  /** Connects that completed, ever. */
  readonly connects: number;
  /** Connections that ended after that, ever. */
  readonly closes: number;
  readonly lastError?: string;
  readonly lastErrorAt?: number;
  readonly notifications: NotificationCounters;
  /** Publishes waiting for their handler, the running one included. */
  readonly publishes: number;
  /** Queries running and waiting. */
  readonly queries: number;
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
