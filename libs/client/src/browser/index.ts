// The entry for browsers: nothing of Node, so that bundlers take it as it is, and `dist/standalone.js` can be made of it.
export * from '../common.js';
export { connect, Connector, Streams } from '../platforms/browser.js';
