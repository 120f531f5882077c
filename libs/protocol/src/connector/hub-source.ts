/** One source as the hub sees it. */
export interface HubSourceStatus {
  readonly name: string;
  /** `reconnecting` while the connector was told to claim the source anew. */
  readonly state: 'connected' | 'reconnecting' | 'disconnected';
  /**
   * When it got or lost its connector, in milliseconds since 1970; before the first one when the hub was started, or in a store that
   * instances share when it was created.
   */
  readonly since: number;
  readonly lastError?: string;
  readonly lastErrorAt?: number;
  readonly openQueries: number;
  /**
   * How often a connector has come back to it, after the first one that came: a number that grows tells of a way that is cut again
   * and again. A claim that the hub has asked for is not counted. Since the same time as the numbers below.
   */
  readonly reconnects: number;
  /** Since the hub was started, or in a store that instances share since it was created. */
  readonly notifications: number;
  readonly publishes: number;
  readonly queries: number;
}

/** A source with its configuration document. */
export interface HubSourceDetails extends HubSourceStatus {
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** One event of a source, as the hub delivers it. */
export interface SourceNotification<T = Readonly<Record<string, unknown>>> {
  readonly source: string;
  /** What the connector sent. */
  readonly object: T;
  /** When it arrived, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** Its id, the same for every sending; only connectors of Millrace give one. */
  readonly id?: string;
  /** Whether the connector may have sent it before, and a hub that forgot may have delivered it. */
  readonly redelivered: boolean;
}
