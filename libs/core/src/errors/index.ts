export { describeError, type ErrorDescription } from './describe-error.js';
export { DetailExceptionFilter } from './detail-exception.filter.js';
export { MillraceError, type MillraceErrorOptions } from './millrace.error.js';
