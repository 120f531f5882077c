export { RpcMetrics, type RpcMetricsOptions } from './rpc.metrics.js';
export { RpcMetricsModule } from './rpc-metrics.module.js';
