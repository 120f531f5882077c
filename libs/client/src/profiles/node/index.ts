export { parseCredentials } from './credentials-file.js';
export { nodeSources, type NodeSourcesOptions } from './node-sources.js';
