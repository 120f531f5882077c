export * from './common.js';
export { Connector } from './rpc/node/node-connector.js';
