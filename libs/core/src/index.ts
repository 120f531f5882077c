export { MillraceCoreModule } from './millrace-core.module.js';
export { describeError, type ErrorDescription } from './errors/describe-error.js';
export { DetailExceptionFilter } from './errors/detail-exception.filter.js';
export {
  Backoff,
  ERROR_TABLE,
  parseDuration,
  pause,
  withDeadline,
  type BackoffOptions,
  type Duration,
  type ErrorCode,
  type ErrorTableRow,
} from '@millrace/protocol';
export { MillraceError, type MillraceErrorOptions } from './errors/millrace.error.js';
export { endedSignal } from './http/ended-signal.js';
export { bodyHeadersOf, RawBody, rawRequestOf, type RawBodyClaim } from './http/raw-body.js';
export { rawResponseOf } from './http/raw-response.js';
export { readBody } from './http/read-body.js';
export { queryOf } from './http/request-query.js';
export { durationSchema } from './options/duration.js';
export { OptionsError } from './options/options.error.js';
export { validateOptions } from './options/validate-options.js';
export { AccessPolicy } from './security/access-policy.js';
export { Authenticator, type CredentialContext } from './security/authenticator.js';
export { ConnectionSecurity, type TrustProxy } from './security/connection-security.js';
export { ACCESS_AREA, AccessArea, PUBLIC, Public, REQUIRED_SCOPES, RequireScopes } from './security/decorators.js';
export { assertScope, principalOf, setPrincipal, type Principal } from './security/principal.js';
export { hasScope, scopeCovers } from './security/scopes.js';
export { AdapterMissingError } from './sockets/adapter-missing.error.js';
export { BINARY_FRAME, frameHeader, TEXT_FRAME, textFragment, textFrame } from './sockets/frame.js';
export { handshakeRequestOf } from './sockets/handshake-request.js';
export { MillraceWsAdapter, type MillraceWsAdapterOptions } from './sockets/millrace-ws.adapter.js';
export { corkForTurn, drained } from './sockets/send-buffer.js';
export { SocketConnection } from './sockets/socket-connection.js';
export type { SocketDocs, SocketMessageDocs } from './sockets/socket-docs.interface.js';
export { SocketEndpoint } from './sockets/socket-endpoint.decorator.js';
export type { SocketEndpointOptions, SocketHandler } from './sockets/socket-endpoint.interface.js';
export { SocketRegistry, type RegisteredEndpoint } from './sockets/socket-registry.js';
export type { UpgradeRequest } from './sockets/upgrade-request.js';
