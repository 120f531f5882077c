/** One live session. */
export interface HubSessionInfo {
  readonly id: string;
  /** Undefined until it has claimed one. */
  readonly source?: string;
  /** User or key the token belongs to. */
  readonly subject?: string;
  readonly since: number;
  readonly frames: 'text' | 'binary';
  readonly openQueries: number;
  /** Bytes that wait because the connector has not read them yet. */
  readonly bufferedBytes: number;
}
