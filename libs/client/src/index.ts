export * from './common.js';
export { connect } from './millrace/node/connect.js';
export { Connector } from './rpc/node/node-connector.js';
export * from './profiles/node/index.js';
export { Streams } from './streams/node-streams.js';
