import { type DynamicModule, Inject, Logger, Module } from '@nestjs/common';
import { ApiDocuments } from '@millrace/core/documents';
import { HostRoutes, type MountedRoute } from '@millrace/core/http';
import { ImportedOnce, ImportOnce } from '@millrace/core/module';
import { OperationsRegistry } from '@millrace/core/ops';
import { AccessPolicy } from '@millrace/core/security';
import { MillraceSocketsModule } from '@millrace/core/sockets';
import { thrownReport } from '@millrace/protocol';
import { RpcEngine } from './engine/rpc-engine.js';
import { CoreMethods } from './methods/core.methods.js';
import { QuitMethods } from './methods/quit.methods.js';
import { RpcBinder } from './discovery/rpc.binder.js';
import { RPC_AREA } from './rpc.constants.js';
import { RpcExplorer } from './discovery/rpc.explorer.js';
import { RpcMethods } from './api/rpc.methods.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, RPC_SETTINGS } from './rpc.module-definition.js';
import { describeRpcError, isForeseen } from './describe-rpc-error.js';
import { RPC_OPTIONS, type RpcSettings } from './rpc.options.js';
import { rpcOperations } from './rpc.operations.js';
import { RpcRegistrar } from './discovery/rpc.registrar.js';
import { RpcHttpEndpoint } from './http/rpc-http.endpoint.js';
import { RpcTopics } from './api/rpc-topics.js';
import { TopicMethods } from './methods/topic.methods.js';
import { RpcSocketHandler } from './sockets/rpc-socket.handler.js';

/**
 * Exposes methods marked `@RpcMethod` to JSON-RPC 2.0 clients, over WebSocket and HTTP POST.
 *
 * @example
 * ```ts
 * @Module({ imports: [RpcModule.forRoot({ paths: ['/rpc'] })], providers: [Renderer] })
 * class AppModule {}
 * ```
 * @publicApi
 */
@ImportOnce()
@Module({
  imports: [MillraceSocketsModule],
  providers: [
    {
      provide: RPC_SETTINGS,
      inject: [MODULE_OPTIONS_TOKEN, AccessPolicy, ImportedOnce],
      useFactory: (options: unknown, policy: AccessPolicy): RpcSettings => {
        const settings = RPC_OPTIONS.read(options);
        if (settings.public) policy.openArea(RPC_AREA);
        return settings;
      },
    },
    { provide: RpcEngine, inject: [RPC_SETTINGS], useFactory: createEngine },
    RpcBinder,
    RpcExplorer,
    RpcMethods,
    CoreMethods,
    QuitMethods,
    TopicMethods,
    RpcTopics,
    RpcRegistrar,
    RpcSocketHandler,
    RpcHttpEndpoint,
  ],
  exports: [RpcEngine, RpcMethods, RpcTopics],
})
export class RpcModule extends ConfigurableModuleClass {
  constructor(
    operations: OperationsRegistry,
    engine: RpcEngine,
    routes: HostRoutes,
    @Inject(RPC_SETTINGS) settings: RpcSettings,
    documents: ApiDocuments,
    methods: RpcMethods,
  ) {
    super();
    const { http, healthz, ignoreGlobalPrefix } = settings;
    const mounts: MountedRoute[] = [];
    if (http) mounts.push({ path: http, method: 'POST' });
    if (healthz) mounts.push({ path: healthz, method: 'GET' });
    const remedy = 'change the options http and healthz of RpcModule, which may be false';
    routes.serve(RpcModule, { ignoreGlobalPrefix, mounts, remedy });
    documents.addOpenRpc(() => methods.openRpc());
    operations.add(rpcOperations(engine, settings));
  }

  /** @param options all optional: `forRoot()` serves WebSocket and HTTP POST on `/rpc` */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }
}

function createEngine(settings: RpcSettings): RpcEngine {
  const logger = new Logger('RpcModule');
  return new RpcEngine(settings, (error, call) => {
    if (!isForeseen(error)) logger.error(`"${call.name}" failed: ${thrownReport(error)}`);
    return describeRpcError(error, settings.exposeErrors);
  });
}
