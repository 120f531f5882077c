import type { HubSource, ServingSession } from '../sources/hub-source.js';
import type { Authenticator } from '@millrace/core/security';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { RefusalDelays } from './refusal-delays.js';
import type { HubSettings } from '../../connector-hub.options.js';
import type { SourceRegistry } from '../sources/source-registry.js';

/** What the parts of a session ask of it. */
export interface SessionControl extends ServingSession {
  /** The source it serves. */
  readonly source: HubSource | undefined;
  /**
   * Sends a message as the client understands it. Each answers a message of the client, or is rare.
   *
   * @param text undefined is the plain acknowledgement
   */
  send(text: string | undefined): void;
  /** Starts the deadline of the claim. */
  awaitClaim(): void;
  /** Stops the deadline while the hub itself takes its time. */
  holdDeadline(): void;
  /** The claim succeeded: takes the source over and sends its configuration. */
  serve(source: HubSource, configuration: string): void;
}

/** What the sessions of one hub share. */
export interface SessionServices {
  readonly settings: HubSettings;
  readonly refusals: RefusalDelays;
  readonly logger: ConnectorLogger;
  readonly counters: HubCounters;
  /** Undefined lets everybody in. */
  readonly authenticator: Authenticator | undefined;
  readonly sources: SourceRegistry;
}

/** Counters of a hub since it was started. */
export interface HubCounters {
  /** Messages that make no sense. */
  unreadable: number;
  /** Refused authentications. */
  refusedTokens: number;
  /** Refused claims. */
  refusedClaims: number;
}

/** What the hub has to know of the client behind a socket. */
export interface ConnectorPeer {
  /**
   * Whether it does not end at a close frame. The WebSocket client of existing Java connectors stops reading at one and
   * leaves it to its listener to close, which theirs does not: such a connector believes to be connected from then on, and
   * never comes back. It does come back when the connection is cut.
   */
  readonly ignoresClose: boolean;
}
