import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { ApiDocuments } from '@millrace/core/documents';
import { HostRoutes, RawBody } from '@millrace/core/http';
import { ImportedOnce, ImportOnce } from '@millrace/core/module';
import { OperationsRegistry } from '@millrace/core/ops';
import { AccessPolicy } from '@millrace/core/security';
import { Shutdown } from '@millrace/core/shutdown';
import { MillraceSocketsModule } from '@millrace/core/sockets';
import type { ConnectivityOptions, ConnectivitySettings } from './connectivity.options.js';
import {
  CONNECTIVITY_AREA,
  CONNECTIVITY_OPTIONS,
  CONNECTIVITY_PATHS,
  CONNECTIVITY_SETTINGS,
} from './connectivity.options.js';
import type { ConnectivityExtras } from './connectivity.module-definition.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './connectivity.module-definition.js';
import { ConnectivityService } from './api/connectivity.service.js';
import { ConnectivityDebug } from './http/connectivity-debug.js';
import { connectivityOperations } from './connectivity.operations.js';
import { ConnectivityAccess } from './http/access.js';
import { connectivityOpenApi } from './http/connectivity-openapi.js';
import { bodyClaim } from './http/connectivity.paths.js';
import { FrameworkBypass } from './http/framework-bypass.js';
import { RegistryController } from './http/registry.controller.js';
import { memoryRegistry } from './stores/memory/memory-registry.js';
import { PatternWarmUp } from './pattern-warm-up.js';
import { ConnectionPublisher } from './api/connection-publisher.js';
import { ConnectionRegistry } from './api/connection-registry.js';
import { WatchEndpoint } from './sockets/watch.endpoint.js';
import { WatchHub } from './engine/watch/watch-hub.js';

/**
 * A registry of who is reachable where, wire-compatible with the DUNE connectivity service.
 *
 * @example
 * ```ts
 * @Module({ imports: [ConnectivityModule.forRoot({ ttl: '10s' })] })
 * export class AppModule {}
 * ```
 * @publicApi
 */
@ImportOnce()
@Module({
  imports: [MillraceSocketsModule],
  providers: [
    {
      provide: CONNECTIVITY_SETTINGS,
      inject: [MODULE_OPTIONS_TOKEN, AccessPolicy, ImportedOnce],
      useFactory: (options: ConnectivityOptions, policy: AccessPolicy): ConnectivitySettings => {
        const settings = CONNECTIVITY_OPTIONS.read(options);
        if (settings.public) policy.openArea(CONNECTIVITY_AREA);
        return settings;
      },
    },
    {
      provide: ConnectionRegistry,
      inject: [CONNECTIVITY_SETTINGS],
      useFactory: ({ registry = memoryRegistry(), ttl, grace, limits }: ConnectivitySettings) =>
        registry.create({ ttl, grace, limits }),
    },
    {
      provide: WatchHub,
      inject: [ConnectionRegistry, PatternWarmUp, CONNECTIVITY_SETTINGS, Shutdown],
      useFactory: (
        registry: ConnectionRegistry,
        warmUp: PatternWarmUp,
        { limits }: ConnectivitySettings,
        shutdown: Shutdown,
      ) => new WatchHub(registry, limits.maxBufferedBytes, (pattern) => warmUp.before(pattern), shutdown),
    },
    ConnectivityAccess,
    ConnectivityDebug,
    ConnectivityService,
    ConnectionPublisher,
    FrameworkBypass,
    PatternWarmUp,
    // For the bypass; `controllersFor` makes the one with the routes.
    RegistryController,
    WatchEndpoint,
  ],
  exports: [ConnectionRegistry, ConnectivityService, ConnectionPublisher],
})
export class ConnectivityModule extends ConfigurableModuleClass {
  constructor(
    operations: OperationsRegistry,
    registry: ConnectionRegistry,
    rawBody: RawBody,
    routes: HostRoutes,
    shutdown: Shutdown,
    @Inject(CONNECTIVITY_SETTINGS) { ignoreGlobalPrefix }: ConnectivitySettings,
    @Inject(CONNECTIVITY_PATHS) { prefix }: { readonly prefix: string },
    documents: ApiDocuments,
  ) {
    super();
    shutdown.add({ name: 'registry', close: () => registry.close() });
    rawBody.claim(bodyClaim(prefix), { ignoreGlobalPrefix });
    routes.serve(ConnectivityModule, {
      ignoreGlobalPrefix,
      remedy:
        'put all of ConnectivityModule behind a path by its option prefix, or leave its page out by frontPage: false',
    });
    documents.addOpenApi(() => ({ ...connectivityOpenApi(prefix), ignoreGlobalPrefix }), ConnectivityModule);
    operations.add(connectivityOperations(registry));
    if (registry.operations) operations.add(registry.operations);
  }

  static override forRoot(options: ConnectivityOptions & ConnectivityExtras = {}): DynamicModule {
    return super.forRoot(options);
  }
}
