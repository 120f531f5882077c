import type { Authenticator } from '@millrace/core/security';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { RefusalDelays } from './refusal-delays.js';
import type { HubSettings } from '../../connector-hub.options.js';
import type { SourceRegistry } from '../sources/source-registry.js';

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
