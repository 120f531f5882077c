export { endedSignal } from './ended-signal.js';
export { handshakeRequestOf } from './handshake-request.js';
export { bodyHeadersOf, RawBody, rawRequestOf, type RawBodyClaim } from './raw-body.js';
export { rawResponseOf } from './raw-response.js';
export { readBody } from './read-body.js';
export { queryOf } from './request-query.js';
export type { UpgradeRequest } from './upgrade-request.js';
