export { Millrace, type FoundSettings } from './millrace.js';
export type { LoginCredentials, MillraceOptions, RpcOptions } from './millrace-options.js';
export type { ServerInfo } from '@millrace/protocol';
