// Clients of other servers.
export {
  DEFAULT_RPC_CLIENT,
  getRpcToken,
  InjectRpc,
  RpcClient,
  RpcClientHealth,
  RpcClientModule,
  RpcClients,
  type RpcClientConnection,
  type RpcClientFeature,
  type RpcClientFeatureAsync,
  type RpcClientHealthResult,
  type RpcClientModuleOptions,
} from './client/index.js';
export { RpcModule } from './rpc.module.js';
export type { RpcModuleOptions, RpcVersion } from './rpc.options.js';
export { RpcMethods } from './rpc.methods.js';
export { RpcMethod, type RpcMethodOptions } from './decorators/rpc-method.decorator.js';
export { Task } from './decorators/task.decorator.js';
export type { JsonSchema } from './engine/json-schema.interface.js';
export { RPC_ERROR } from './engine/error-codes.js';
export type { RpcErrorDocs } from './engine/method-table.js';
export {
  RpcCancelledError,
  RpcDisconnectedError,
  RpcError,
  RpcInvalidParamsError,
  RpcShutdownError,
  RpcTimeoutError,
  type RpcErrorOptions,
} from './engine/rpc.error.js';
export type { RpcId } from './engine/rpc-id.js';
export { RpcReply } from './engine/rpc-reply.js';
export type { RpcTask } from './engine/rpc-task.interface.js';
export type { RpcMethodSchema } from './methods/method-schema.js';
export { RpcTopics } from './topics/rpc-topics.js';
export { RpcEngine } from './engine/rpc-engine.js';
export type { RpcSession } from './engine/rpc-session.js';
export type { RpcCall, CallOutcome } from './engine/rpc-call.js';
export type { ReplySink, RpcPeer } from './engine/rpc-peer.interface.js';
export type { RpcObserver } from './engine/rpc-observer.interface.js';
export type { RpcEngineSettings } from './engine/rpc-limits.js';
export type { RpcMethodDefinition } from './engine/method-table.js';
