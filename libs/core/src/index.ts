export { MillraceCoreModule } from './millrace-core.module.js';
export {
  Backoff,
  ERROR_TABLE,
  parseDuration,
  pause,
  withDeadline,
  type BackoffOptions,
  type Duration,
  type ErrorCode,
  type ErrorTableRow,
} from '@millrace/protocol';
export * from './errors/index.js';
export * from './http/index.js';
export * from './options/index.js';
export * from './security/index.js';
export * from './sockets/index.js';
