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
