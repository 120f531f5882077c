export { AccessPolicy } from './access-policy.js';
export { Authenticator, type CredentialContext } from './authenticator.js';
export { BrowserOrigins, type BrowserRules } from './browser-origins.js';
export { ConnectionSecurity, type TrustProxy } from './connection-security.js';
export {
  ACCESS_AREA,
  AccessArea,
  CHANGES_STATE,
  ChangesState,
  PUBLIC,
  Public,
  REQUIRED_SCOPES,
  RequireScopes,
} from './decorators.js';
export { type LiveConnection, LiveConnections } from './live-connections.js';
export { networkOf } from './network-of.js';
export { PlacesByAddress } from './places-by-address.js';
export { assertScope, principalOf, setPrincipal, type Principal, type TokenIdentity } from './principal.js';
export { canonicalOrigin } from './request-origin.js';
export { hasScope, scopeCovers } from '@millrace/protocol';
