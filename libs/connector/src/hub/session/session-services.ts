import type { Authenticator } from '@millrace/core';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { ClaimDamper } from './claim-damper.js';
import type { HubSettings } from '../../connector-hub.options.js';
import type { HubSession } from './hub-session.js';
import type { SourceRegistry } from '../sources/source-registry.js';

/** What the sessions of one hub share. */
export interface SessionServices {
  readonly settings: HubSettings;
  readonly damper: ClaimDamper;
  readonly logger: ConnectorLogger;
  readonly counters: HubCounters;
  /** Undefined lets everybody in. */
  readonly authenticator: Authenticator | undefined;
  readonly sources: SourceRegistry;
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
