import type { SourceConfiguration } from './source-configuration.js';

/** One source as the hub sees it. */
export interface HubSourceStatus {
  readonly name: string;
  /** `reconnecting` while the connector was told to claim the source anew. */
  readonly state: 'connected' | 'reconnecting' | 'disconnected';
  /** When it got or lost its connector, or the hub was started, in milliseconds since 1970. */
  readonly since: number;
  readonly lastError?: string;
  readonly lastErrorAt?: number;
  readonly openQueries: number;
  /** Since the hub was started. */
  readonly notifications: number;
  readonly publishes: number;
  readonly queries: number;
}

/** A source with its document. */
export interface HubSourceDetails extends HubSourceStatus {
  readonly configuration: SourceConfiguration;
}

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
