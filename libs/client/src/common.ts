// What the entries for Node and for browsers share.
export type {
  ApiKeyInfo,
  CallerSession,
  Connection,
  ConnectionChange,
  ConnectionEvent,
  ConnectionGap,
  ConnectionQuery,
  ConnectionSnapshot,
  DeletedStream,
  Duration,
  FoundConnection,
  HubSourceDetails,
  HubSourceStatus,
  IssuedApiKey,
  LeftOutSeries,
  Notice,
  NoticeLevel,
  PartNotice,
  RecordedSeries,
  RpcProgress,
  ServerInfo,
  ServerVersion,
  SkippedEntries,
  SourceNotification,
  Statistics,
  StatisticsEvent,
  StatisticsSample,
  StatisticsSeries,
  StatisticsSnapshot,
  StoredUserInfo,
  StreamEntry,
  StreamGap,
  StreamMetadata,
  UnreadableEntry,
  UserInfo,
  WireSetAsideEntry,
} from '@millrace/protocol';

export { Keys, type NewKey } from './accounts/keys.js';
export { Tokens } from './accounts/tokens.js';
export { type PutUser, Users } from './accounts/users.js';
export * from './errors/call.errors.js';
export * from './errors/client.error.js';
export * from './errors/connection.errors.js';
export { ForbiddenError, NotFoundError, ResponseError, UnauthenticatedError } from './errors/response.error.js';

export type {
  ConnectionArguments,
  ConnectionSettings,
  ConnectionSources,
  CredentialsFile,
  Endpoint,
  Origin,
  Profile,
} from './profiles/connection-settings.js';
export {
  CredentialsFileError,
  CredentialsFileNotFoundError,
  ProfileNotFoundError,
  ProfileWithoutEndpointError,
} from './profiles/credentials.errors.js';
export { BTRDB_PRESET, DEFAULT_PRESET, type ConnectionPreset } from './profiles/preset.js';
export { resolveConnection } from './profiles/resolve-connection.js';
export * from './profiles/target.errors.js';

export { Millrace, type FoundSettings } from './millrace/millrace.js';
export type { LoginCredentials, LoginOptions, MillraceOptions, RpcOptions } from './millrace/millrace-options.js';
export { KeptPublication } from './registry/kept-publication.js';
export type { RegistryEntries, RegistryEntry, Partition } from './registry/connection.js';
export { type EntriesQuery, Registry, type KeepOptions, type LookupQuery } from './registry/registry.js';
export type { ConnectionWatchOptions } from './registry/watch-connections.js';
export type { StatisticsWatchOptions } from './statistics/watch-statistics.js';
export { QueryError } from './sources/query-rows.js';
export { Sources } from './sources/sources.js';
export type { CallLimits } from './timing/call-limits.js';

export { checkVersion } from './rpc/check-version.js';
export type { RpcConnectorOptions } from './rpc/connector-options.js';
export { Instance } from './rpc/instance.js';
export { consoleLogger, type ClientLogger, type ClientLogLevel, type ConsoleLoggerOptions } from './rpc/logger.js';
export type { BatchCall, BatchOutcome, MethodShapes, UntypedMethods } from './rpc/method-types.js';
export type { BinaryCallOptions, BinaryPayload, CallOptions, RpcCaller } from './rpc/rpc-caller.interface.js';
export { RpcClient } from './rpc/rpc-client.js';
export { RunningCall } from './rpc/running-call.js';
export type { RpcAnswer, RpcNotification, RpcParams } from './rpc/wire/messages.js';
export type {
  ClientSocket,
  CloseInfo,
  Dialer,
  DialRequest,
  SocketEvents,
  TlsSettings,
} from './transport/socket.interface.js';

export type { GroupConsumerInfo, GroupInfo } from './streams/group-info.js';
export type { ConsumedEntry, ConsumeOptions } from './streams/pull/consume-entries.js';
export type { PullOptions } from './streams/pull/pull-options.js';
export { PlainPusher } from './streams/push/plain-pusher.js';
export type { BatchOptions, EntryData, PlainPushOptions, PushOptions } from './streams/push/push-options.js';
export type { PushProducerOptions } from './streams/push/push-producer.js';
export { StreamPusher } from './streams/push/stream-pusher.js';
export { StreamClosedError, StreamGapError, UnreadableEntryError } from './streams/stream.errors.js';
export type { StreamBounds, StreamInfo } from './streams/stream-info.js';
export type { StreamNumbersOptions, StreamNumbers } from './streams/stream-numbers.js';
export { Stream } from './streams/stream.js';
export {
  StreamsApi,
  type OpenGroupOptions,
  type ReadOptions,
  type SetAsideOptions,
  type SetMetadataOptions,
} from './streams/streams-api.js';
export type { StreamsOptions } from './streams/streams.js';
export type { TransferProgress } from './streams/transfer-progress.js';
