import type { Authenticator } from '@millrace/core';
import type { ConnectorLogger } from '../logging/connector-logger.js';
import type { ClaimDamper } from './claim-damper.js';
import type { HubSettings } from './hub-options.js';
import type { HubSession } from './hub-session.js';
import type { HubSource } from './hub-source.js';
import type { SourceStore } from './source-store.port.js';

/** What the sessions of one hub share. */
export interface SessionServices {
  readonly settings: HubSettings;
  readonly store: SourceStore;
  readonly damper: ClaimDamper;
  readonly logger: ConnectorLogger;
  readonly counters: HubCounters;
  /** Undefined lets everybody in. */
  readonly authenticator: Authenticator | undefined;
  /** The run-time side of a source; made when it is first asked for. */
  readonly source: (name: string) => HubSource;
  readonly ended: (session: HubSession) => void;
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
