export { staticPageHeaders, STORED_DATA_HEADERS, STORED_PICTURE_HEADERS } from './answer-headers.js';
export {
  endConnection,
  endedSignal,
  type FastifyReply,
  type FrameworkResponse,
  rawResponseOf,
  sendAnswer,
  setHeaders,
} from './framework-response.js';
export { type EarlyMiddleware, installEarly, isFastify } from './early-middleware.js';
export { EventStream } from './event-stream.js';
export { HostPaths, type PathPlace } from './host-paths.js';
export { HostRoutes, type MountedRoute, type RoutePlace, type ServedRoutes } from './host-routes.js';
export { isForm, parseForm } from './form-body.js';
export { handshakeRequestOf, type UpgradeRequest } from './upgrade-request.js';
export { isJsonObject, parseJsonBody, parseJsonObject } from './json-body.js';
export { bodyHeadersOf, RawBody, type RawBodyClaim, rawRequestOf } from './raw-body.js';
export { readBody, takeBody, type TakenBody } from './read-body.js';
export { queryOf } from './request-query.js';
export { SlowBodies } from './slow-bodies.js';
export type { SlowBodiesOptions } from './slow-bodies.options.js';
