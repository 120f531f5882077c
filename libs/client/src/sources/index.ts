export { QueryError } from './query.error.js';
export type { SourceDetails, SourceNotification, SourceStatus } from './source-status.js';
export { Sources } from './sources.js';
