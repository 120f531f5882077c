export type { BatchCall, BatchOutcome } from './batch-types.js';
export type { BinaryCallOptions, CallOptions } from './call-options.js';
export type { RpcProgress, ServerVersion } from '@millrace/protocol';
export { checkVersion } from './check-version.js';
export type { CloseInfo } from './connection.js';
export { BaseConnector, type ConnectOptions } from './connector.js';
export type { ConnectorOptions } from './connector-options.js';
export { Instance } from './instance.js';
export type { BinaryPayload, RpcCaller } from './rpc-caller.interface.js';
export { RpcClient } from './rpc-client.js';
export { consoleLogger, type ClientLogger, type ClientLogLevel, type ConsoleLoggerOptions } from './logger.js';
export type { RpcId, RpcNotification, RpcParams, RpcReply } from './messages.js';
export type {
  CallArguments,
  MethodName,
  MethodShapes,
  ParamsOf,
  ResultOf,
  UntypedMethods,
  UntypedName,
} from './method-types.js';
export type { ClientSocket, Dialer, DialRequest, SocketEvents } from '../transport/socket.interface.js';
export { Task } from './task.js';
export type { TlsSettings } from '../transport/tls-settings.js';
