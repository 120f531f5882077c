/** One source as the hub sees it. */
export interface SourceStatus {
  readonly name: string;
  readonly state: 'connected' | 'reconnecting' | 'disconnected';
  /** When it got or lost its connector, in milliseconds since 1970. */
  readonly since: number;
  readonly lastError?: string;
  readonly lastErrorAt?: number;
  readonly openQueries: number;
  /** Since the hub was started. */
  readonly notifications: number;
  readonly publishes: number;
  readonly queries: number;
}

/** A source with its configuration document. */
export interface SourceDetails extends SourceStatus {
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** One event of a source. */
export interface SourceNotification<T = Readonly<Record<string, unknown>>> {
  readonly source: string;
  readonly object: T;
  /** When it arrived, in milliseconds since 1970. */
  readonly receivedAt: number;
  readonly id?: string;
  /** Whether the connector may have sent it before. */
  readonly redelivered: boolean;
}
