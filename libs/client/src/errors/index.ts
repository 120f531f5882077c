export { ExpiredCertificateError, UntrustedAuthorityError, WrongHostNameError } from './certificate.errors.js';
export { ClientError } from './client.error.js';
export { ConfigurationError } from './configuration.error.js';
export { ConnectionClosedError } from './connection-closed.error.js';
export { InvalidServerCertificateError } from './invalid-server-certificate.error.js';
export { JsonRpcError } from './json-rpc.error.js';
export { ProtocolError } from './protocol.error.js';
export { ConnectionRefusedError, ConnectTimeoutError, HostNotFoundError } from './reachability.errors.js';
export { RequestTimeoutError } from './request-timeout.error.js';
export {
  ForbiddenError,
  NotFoundError,
  ResponseError,
  type RefusedRequest,
  UnauthenticatedError,
} from './response.error.js';
export { ServiceUnavailableError } from './service-unavailable.error.js';
export { UnserializableError } from './unserializable.error.js';
export { VersionError } from './version.error.js';
export { WebSocketError } from './web-socket.error.js';
