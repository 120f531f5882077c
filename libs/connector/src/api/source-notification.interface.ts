/** One event of a source, as the hub delivers it. */
export interface SourceNotification<T = Record<string, unknown>> {
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
