import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { ApiDocuments } from '@millrace/core/documents';
import { HostRoutes, RawBody } from '@millrace/core/http';
import { ImportedOnce, ImportOnce } from '@millrace/core/module';
import { Shutdown } from '@millrace/core/shutdown';
import { MillraceSocketsModule } from '@millrace/core/sockets';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, type OPTIONS_TYPE } from './connector-hub.module-definition.js';
import { ConnectorHub } from './api/connector-hub.js';
import { ConnectorSocketHandler } from './hub/sockets/connector-socket.handler.js';
import { HubOperations } from './hub/hub-operations.js';
import {
  HUB_SETTINGS,
  CONNECTOR_HUB_OPTIONS,
  type ConnectorHubOptions,
  type HubSettings,
} from './connector-hub.options.js';
import { MemorySourceStore } from './hub/sources/memory-source-store.js';
import { NotificationExplorer } from './hub/notifications/notification-explorer.js';
import { SourceStore } from './api/source-store.port.js';
import { connectorOpenApi } from './hub/http/connector-openapi.js';
import { SourcesController } from './hub/http/sources.controller.js';

/**
 * The server side: accepts connectors at `/api/v<n>/wsock/websocket`, ours and existing ones, and serves `/sources`.
 *
 * @example
 * ```ts
 * @Module({ imports: [ConnectorHubModule.forRoot({ sources: { thermostat: { room: 'lab' } } })] })
 * export class AppModule {}
 * ```
 * @publicApi
 */
@ImportOnce()
@Module({
  imports: [MillraceSocketsModule],
  controllers: [SourcesController],
  providers: [
    {
      provide: HUB_SETTINGS,
      inject: [MODULE_OPTIONS_TOKEN, ImportedOnce],
      useFactory: (options: ConnectorHubOptions): HubSettings => CONNECTOR_HUB_OPTIONS.read(options),
    },
    {
      provide: SourceStore,
      inject: [HUB_SETTINGS],
      useFactory: (settings: HubSettings): SourceStore => settings.store ?? new MemorySourceStore(),
    },
    ConnectorHub,
    ConnectorSocketHandler,
    NotificationExplorer,
    HubOperations,
  ],
  exports: [ConnectorHub, SourceStore],
})
export class ConnectorHubModule extends ConfigurableModuleClass {
  constructor(
    rawBody: RawBody,
    routes: HostRoutes,
    shutdown: Shutdown,
    store: SourceStore,
    @Inject(HUB_SETTINGS) { ignoreGlobalPrefix }: HubSettings,
    documents: ApiDocuments,
  ) {
    super();
    shutdown.add({ name: 'store of sources', close: () => store.close?.() });
    // The hub reads its bodies itself: the parsers of the frameworks take different things for JSON, and any depth.
    rawBody.claim(
      (method, path) =>
        (method === 'PUT' && /^\/sources\/[^/]+\/?$/.test(path)) ||
        (method === 'POST' && /^\/sources\/[^/]+\/(?:publish|query)\/?$/.test(path)),
      { ignoreGlobalPrefix },
    );
    documents.addOpenApi(() => ({ ...connectorOpenApi(), ignoreGlobalPrefix }), ConnectorHubModule);
    routes.serve(ConnectorHubModule, {
      ignoreGlobalPrefix,
      remedy: 'give the application a global prefix, which ConnectorHubModule follows',
    });
  }

  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }
}
