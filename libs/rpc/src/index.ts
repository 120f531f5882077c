export { RpcModule } from './rpc.module.js';
export type { RpcModuleOptions } from './rpc.options.js';
export { RpcMethods, type RpcMethodSchema } from './api/rpc.methods.js';
export { RpcMethod, type RpcMethodOptions } from './api/rpc-method.decorator.js';
export { Task } from './api/task.decorator.js';
export type { JsonSchema } from './api/json-schema.interface.js';
export { RPC_ERROR, type ServerVersion } from '@millrace/protocol';
export type { RpcErrorDocs } from './engine/method-table.js';
export {
  RpcCancelledError,
  RpcDisconnectedError,
  RpcError,
  RpcInvalidParamsError,
  RpcShutdownError,
  RpcTimeoutError,
  type RpcErrorOptions,
} from './api/rpc.error.js';
export type { RpcId } from './api/rpc-id.js';
export { RpcReply } from './api/rpc-reply.js';
export type { RpcTask } from './api/rpc-task.interface.js';
export { RpcTopics } from './api/rpc-topics.js';
