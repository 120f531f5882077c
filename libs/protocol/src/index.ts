export type { ApiKeyInfo, CallerSession, IssuedApiKey, StoredUserInfo, UserInfo } from './accounts/account.js';
export {
  type ChangeType,
  type Connection,
  type ConnectionChange,
  type ConnectionEvent,
  type ConnectionGap,
  type ConnectionQuery,
  type ConnectionSnapshot,
  ConnectionType,
  type FoundConnection,
  type WireConnection,
  type WireRegistryEntries,
  type WireRegistryEntry,
} from './connections/connection.js';
export type { HubSourceDetails, HubSourceStatus, SourceNotification } from './connector/hub-source.js';
export { callOut } from './errors/call-out.js';
export { ERROR_TABLE, type ErrorCode, type ErrorTableRow } from './errors/error-table.js';
export { isThenable } from './errors/thenable.js';
export { thrownIs, thrownName, thrownReport, thrownText } from './errors/thrown.js';
export {
  EVENT_STREAM,
  serverSentComment,
  serverSentEvent,
  serverSentFields,
  type ServerSentFields,
} from './events/server-sent-event.js';
export { compactJson } from './json/compact-json.js';
export { jsonAt } from './json/json-at.js';
export { isNestedDeeper, MAX_JSON_DEPTH } from './json/json-depth.js';
export { binaryFrameHead, type BinaryMessage, joinBinaryFrame, splitBinaryFrame } from './rpc/binary-frame.js';
export type { Notice, NoticeLevel, PartNotice } from './operations/notice.js';
export type {
  LeftOutSeries,
  RecordedSeries,
  Statistics,
  StatisticsEvent,
  StatisticsSample,
  StatisticsSeries,
  StatisticsSnapshot,
} from './operations/statistics.js';
export { RPC_ERROR, RPC_GOODBYE, type RpcErrorObject, type RpcProgress, type ServerVersion } from './rpc/messages.js';
export { hasScope, scopeCovers } from './security/scopes.js';
export type { ServerInfo } from './server-info.js';
export { heldBytes, LEAST_TAKEN } from './sockets/held-bytes.js';
export { SignsOfLife } from './sockets/signs-of-life.js';
export { SlicedWrites } from './sockets/sliced-writes.js';
export { type BatchItem, joinEntries, startsOf } from './streams/batch.js';
export {
  compareIds,
  compareParts,
  type EntryId,
  followingParts,
  formatId,
  GREATEST_ID_NUMBER,
  type IdParts,
  nextParts,
  readIdParts,
  ZERO_ID,
  ZERO_PARTS,
} from './streams/entry-id.js';
export {
  cutPair,
  type EndNotice,
  type GapNotice,
  type PairHeader,
  readPairHeader,
  type SkippedNotice,
  type UnreadableNotice,
  writePairHeader,
} from './streams/pair.js';
export type { WireGroup, WireSetAsideEntry } from './streams/groups.js';
export type { SkippedEntries, StreamEntry, StreamGap, UnreadableEntry } from './streams/stream-entry.js';
export type {
  DeletedStream,
  KnownStreamInformation,
  StreamInformation,
  StreamMetadata,
  UnknownStreamInformation,
  WireRetention,
  WireStreamNumbers,
} from './streams/stream-information.js';
export { streamNameFault } from './streams/stream-name.js';
export { Backoff, type BackoffOptions } from './timing/backoff.js';
export { pause, withDeadline } from './timing/pause.js';
export { Sequence } from './timing/sequence.js';
export { startInterval, startTimer, type Timer } from './timing/timer.js';
export { type Duration, LONGEST_TIMER, parseDuration } from './timing/duration.js';
