export type { ConnectorOptions, OutboxOptions, ProbeOptions } from './client/connector-options.js';
export { ConnectorSet } from './client/connector-set.js';
export { DEFAULT_SERVER, getConnectorSetToken, getSourceToken } from './client/connector.tokens.js';
export type { TlsOptions } from './client/link-options.js';
export type { NotificationCounters } from './client/notification-sender.interface.js';
export { OVERFLOW_POLICIES, type OverflowPolicy } from './client/overflow.js';
export type { QueryContext, SourceContext } from './client/query-context.js';
export { QueryResponder } from './client/query-responder.js';
export { SourceConnection } from './client/source-connection.js';
export { SOURCE_CONTEXT } from './decorators/bind-handler.js';
export type { SourceHandlers } from './client/source-handlers.interface.js';
export type { SourceState, SourceStatus } from './client/source-status.interface.js';
export { TcpProbe, type TcpProbeOptions } from './client/tcp-probe.js';
export { readServerConfig, type ServerConfig, type ServerConfigPlace } from './config/server-config.js';
export { ConnectorHubModule } from './connector-hub.module.js';
export { connectorOpenApi, type OpenApiFragment } from './docs/connector-openapi.js';
export { ConnectorFeatureModule, ConnectorModule } from './connector.module.js';
export { InjectConnectorSet, InjectSource } from './decorators/inject-source.decorator.js';
export { OnNotification } from './decorators/on-notification.decorator.js';
export { OnClose, OnConnect, OnPublish, OnQuery } from './decorators/source-events.decorator.js';
export {
  SourceHandler,
  type SourceHandlerOptions,
  type SourceSelector,
} from './decorators/source-handler.decorator.js';
export { ConnectorConfigError } from './errors/connector-config.error.js';
export { ConnectorError } from './errors/connector.error.js';
export { HubQueryError } from './errors/hub-query.error.js';
export { QueryError } from './errors/query.error.js';
export { ConnectorHub } from './hub/connector-hub.js';
export { FileSourceStore } from './hub/file-source-store.js';
export type { ConnectorHubOptions } from './hub/hub-options.js';
export type { HubSessionInfo, HubSourceDetails, HubSourceStatus } from './hub/hub-status.interface.js';
export type { SessionFilter } from './hub/live-sessions.js';
export { MemorySourceStore } from './hub/memory-source-store.js';
export type { NotificationHandler } from './hub/notification-handlers.js';
export type { NotificationStreamOptions } from './hub/notification-stream.js';
export type { SourceNotification } from './hub/notification.interface.js';
export type { HubCounters } from './hub/session-services.js';
export type { HubQueryOptions } from './hub/source-requests.js';
export type { SourceConfiguration } from './hub/source-configuration.js';
export { SourceStore } from './hub/source-store.port.js';
export { MemoryOutbox } from './outbox/memory-outbox.js';
export { Outbox, type OutboxEntry, type OutboxQueue } from './outbox/outbox.port.js';
export * from './protocol/constants.js';
export { renderTemplate, type ErrorReport } from './protocol/error-report.js';
export { websocketUrl } from './protocol/target-url.js';
