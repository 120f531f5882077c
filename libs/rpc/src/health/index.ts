export { RpcHealthIndicator } from './rpc.health-indicator.js';
