export * from './common.js';
export { connect, Connector, Streams } from './platforms/node.js';
export { parseCredentials } from './profiles/node/credentials-file.js';
export { nodeSources, type NodeSourcesOptions } from './profiles/node/node-sources.js';
