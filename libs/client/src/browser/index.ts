// The entry for browsers: no imports but our own files, so that a page can load it as it is.
export * from '../common.js';
export { connect } from '../millrace/browser/connect.js';
export { Connector } from '../rpc/browser/browser-connector.js';
export { Streams } from '../streams/browser-streams.js';
