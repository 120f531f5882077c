export { ConnectorHub, type HubQueryOptions } from './api/connector-hub.js';
export { ConnectorSet } from './api/connector-set.js';
export { getConnectorSetToken, getSourceToken, InjectConnectorSet, InjectSource } from './api/connector.tokens.js';
export type { HubSessionInfo } from './hub/session/hub-session.js';
export type { SessionFilter } from './hub/session/live-sessions.js';
export type { NotificationCounters, SourceState, SourceStatus } from './api/source-status.interface.js';
export { OnNotification } from './api/on-notification.decorator.js';
export { Outbox, type OutboxEntry, type OutboxQueue } from './api/outbox.port.js';
export { type QueryContext, type SourceContext, QueryResponder } from './api/query-responder.js';
export { type SourceConfiguration, SourceStore } from './api/source-store.port.js';
export { SourceConnection } from './api/source-connection.js';
export {
  OnClose,
  OnConnect,
  OnPublish,
  OnQuery,
  SourceHandler,
  type SourceSelector,
} from './api/source-handler.decorator.js';
export type { SourceHandlers } from './api/source-handlers.interface.js';
export { SOURCE_CONTEXT } from './binding/bind-handler.js';
export { MemoryOutbox } from './client/outbox/memory-outbox.js';
export { ConnectorHubModule } from './connector-hub.module.js';
export type { ConnectorHubOptions } from './connector-hub.options.js';
export { ConnectorModule } from './connector.module.js';
export type { ConnectorOptions } from './connector.options.js';
export { ConnectorConfigError, ConnectorError } from './errors/connector.error.js';
export { HubQueryError, SourceQueryError } from './errors/query.errors.js';
export { connectorOpenApi } from './hub/http/connector-openapi.js';
export type { NotificationHandler } from './hub/notifications/notification-handlers.js';
export type { NotificationStreamOptions } from './hub/notifications/notification-stream.js';
export type { HubCounters } from './hub/session/session-control.js';
export { FileSourceStore } from './hub/sources/file-source-store.js';
export { MemorySourceStore } from './hub/sources/memory-source-store.js';
export type { ErrorReport } from './protocol/error-report.js';
export type { HubSourceDetails, HubSourceStatus, SourceNotification } from '@millrace/protocol';
