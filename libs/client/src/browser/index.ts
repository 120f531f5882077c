// The entry for browsers: nothing of Node, so that bundlers take it as it is, and `dist/standalone.js` can be made of it.
export * from '../common.js';
export { connect } from '../millrace/browser/connect.js';
export { Connector } from '../rpc/browser/browser-connector.js';
export { Streams } from '../streams/browser-streams.js';
