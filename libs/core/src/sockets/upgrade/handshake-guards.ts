import type { EnhancedCalls } from '../../enhancers/enhanced-calls.js';
import type { UpgradeRequest } from '../../http/upgrade-request.js';
import type { HandshakeResponse } from './handshake-response.js';

/** A class with a `handshake` method: one of our endpoints, or a gateway of the host. */
export interface HandshakeOwner {
  handshake(request: UpgradeRequest): unknown;
}

export type Handshake = (request: UpgradeRequest, response: HandshakeResponse) => Promise<unknown>;

/**
 * Runs a `handshake` method behind the host's guards and interceptors, global ones and those of the class. The
 * execution context has the type `ws` and the upgrade request as its first argument; the second takes headers for a refusal.
 */
export function guardedHandshake(calls: EnhancedCalls, owner: HandshakeOwner): Handshake {
  const kinds = { guards: true, interceptors: true, filters: false };
  return calls.bind({ instance: owner, method: 'handshake', type: 'ws', ...kinds });
}
