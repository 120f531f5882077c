export { AccessPolicy } from './access-policy.js';
export { Authenticator, type CredentialContext } from './authenticator.js';
export { ConnectionSecurity, type TrustProxy } from './connection-security.js';
export { ACCESS_AREA, AccessArea, PUBLIC, Public, REQUIRED_SCOPES, RequireScopes } from './decorators.js';
export { type LiveConnection, LiveConnections } from './live-connections.js';
export { assertScope, principalOf, setPrincipal, type Principal, type TokenIdentity } from './principal.js';
export { hasScope, scopeCovers } from './scopes.js';
