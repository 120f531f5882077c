import type { OpenQuery } from '../queries/open-query.js';
import type { RowSink } from '../queries/row-sink.js';

/** The session that serves a source, as the source sees it and those who send to it. */
export interface ServingSession {
  readonly isEnded: boolean;
  /** It was asked to claim its source anew, and has not done so yet. */
  readonly isReclaiming: boolean;
  readonly openQueries: number;
  /** Compares in constant time; an absent secret fits nothing. */
  hasSecret(secret: string | undefined): boolean;
  /** @throws HubQueryError when the message is too large, or the connector reads too slowly */
  publish(object: unknown): void;
  /** @throws HubQueryError as {@link publish}, and when too many queries are open */
  query(object: unknown, sink: RowSink, timeout: number): OpenQuery;
  /** Asks the connector to claim its source anew. One that does not is dropped. */
  requireReconnect(): void;
  close(code: number, reason: string): void;
}
