export { RpcClientModule } from './rpc-client.module.js';
export type {
  RpcClientConnection,
  RpcClientFeature,
  RpcClientFeatureAsync,
  RpcClientModuleOptions,
} from './rpc-client.options.js';
export { DEFAULT_RPC_CLIENT, getRpcToken, InjectRpc } from './rpc-client.tokens.js';
export { RpcClients } from './rpc-clients.js';
