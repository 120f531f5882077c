export { QueryError } from './query.error.js';
export type { HubSourceDetails, HubSourceStatus, SourceNotification } from '@millrace/protocol';
export { Sources } from './sources.js';
