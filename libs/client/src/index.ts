export * from './common.js';
export { connect } from './millrace/node/connect.js';
export { parseCredentials } from './profiles/node/credentials-file.js';
export { nodeSources, type NodeSourcesOptions } from './profiles/node/node-sources.js';
export { Connector } from './rpc/node/node-connector.js';
export { Streams } from './streams/node-streams.js';
