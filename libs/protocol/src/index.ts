export {
  ConnectionType,
  type Connection,
  type ConnectionQuery,
  type FoundConnection,
  type WireConnection,
} from './connections/connection.js';
export type {
  ChangeType,
  ConnectionChange,
  ConnectionEvent,
  ConnectionGap,
  ConnectionSnapshot,
} from './connections/connection-event.js';
export type { HubSourceDetails, HubSourceStatus, SourceNotification } from './connector/hub-source.js';
export { ERROR_TABLE, type ErrorCode, type ErrorTableRow } from './errors/error-table.js';
export {
  EVENT_STREAM,
  serverSentComment,
  serverSentEvent,
  serverSentFields,
  type ServerSentFields,
} from './events/server-sent-event.js';
export { binaryFrameHead, joinBinaryFrame, splitBinaryFrame, type BinaryMessage } from './rpc/binary-frame.js';
export { RPC_ERROR } from './rpc/error-codes.js';
export type { RpcErrorObject, RpcProgress, ServerVersion } from './rpc/messages.js';
export type { ServerInfo } from './server-info.js';
export { joinEntries, startsOf, type BatchItem } from './streams/batch.js';
export {
  compareIds,
  compareParts,
  followingParts,
  formatId,
  GREATEST_ID_NUMBER,
  nextParts,
  readIdParts,
  ZERO_ID,
  ZERO_PARTS,
  type EntryId,
  type IdParts,
} from './streams/entry-id.js';
export { cutPair, readPairHeader, writePairHeader, type GapNotice, type PairHeader } from './streams/pair.js';
export type { StreamEntry, StreamGap } from './streams/stream-entry.js';
export type {
  KnownStreamInformation,
  StreamInformation,
  UnknownStreamInformation,
} from './streams/stream-information.js';
export type { DeletedStream, StreamMetadata } from './streams/stream-metadata.js';
export { streamNameFault } from './streams/stream-name.js';
export { Backoff, type BackoffOptions } from './timing/backoff.js';
export { withDeadline } from './timing/deadline.js';
export { LONGEST_TIMER, parseDuration, type Duration } from './timing/duration.js';
export { pause } from './timing/pause.js';
