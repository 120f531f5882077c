import type { OnModuleInit } from '@nestjs/common';
import { Inject, Logger, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiDocuments } from '@millrace/core/documents';
import { HostRoutes, RawBody } from '@millrace/core/http';
import { ImportedOnce, ImportOnce } from '@millrace/core/module';
import { OperationsRegistry } from '@millrace/core/ops';
import { AccessPolicy } from '@millrace/core/security';
import { Shutdown } from '@millrace/core/shutdown';
import { MillraceSocketsModule } from '@millrace/core/sockets';
import { isThenable } from '@millrace/protocol';
import { ConsumerExplorer } from './consumers/consumer-explorer.js';
import { ConsumerRunner } from './consumers/consumer-runner.js';
import { countAppends } from './engine/count-appends.js';
import { ActiveGroups } from './engine/groups/active-groups.js';
import { StreamClients } from './engine/numbers/stream-clients.js';
import { NumbersFinder } from './engine/numbers/numbers-finder.js';
import { PullEndpoint } from './sockets/pull.endpoint.js';
import { PushEndpoint } from './sockets/push.endpoint.js';
import { Conversions } from './engine/conversion/conversion.js';
import { streamsOpenApi } from './http/openapi/streams-openapi.js';
import { OpenAnswers } from './http/open-answers.js';
import { StreamStatistics } from './api/stream-statistics.js';
import { StreamStore } from './api/stream-store.js';
import { embeddedStore } from './stores/embedded/embedded.driver.js';
import type { StreamStoreSettings } from './stream-store.options.js';
import { STREAM_STORE_OPTIONS, STREAM_STORE_SETTINGS, STREAMS_AREA } from './stream-store.options.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './stream-store.module-definition.js';
import { streamOperations } from './stream-store.operations.js';

/**
 * Named append-only streams of binary entries, over REST and WebSocket and for the host application's own code.
 *
 * @example
 * ```ts
 * @Module({ imports: [StreamStoreModule.forRoot({ store: embeddedStore({ directory: 'data/streams' }) })] })
 * export class AppModule {}
 * ```
 * @publicApi
 */
@ImportOnce()
@Module({
  imports: [MillraceSocketsModule],
  providers: [
    {
      provide: STREAM_STORE_SETTINGS,
      inject: [MODULE_OPTIONS_TOKEN, ImportedOnce],
      useFactory: STREAM_STORE_OPTIONS.read,
    },
    {
      provide: StreamStore,
      inject: [STREAM_STORE_SETTINGS, StreamStatistics],
      // Not asynchronous where the driver is not: then a store that cannot be opened is what ends the start.
      useFactory: ({ store, retention, limits }: StreamStoreSettings, statistics: StreamStatistics) => {
        const created = (store ?? embeddedStore()).create({ retention, limits });
        return isThenable(created)
          ? created.then((made) => countAppends(made, statistics))
          : countAppends(created, statistics);
      },
    },
    ActiveGroups,
    ConsumerExplorer,
    ConsumerRunner,
    Conversions,
    OpenAnswers,
    PullEndpoint,
    PushEndpoint,
    StreamClients,
    NumbersFinder,
    StreamStatistics,
  ],
  exports: [StreamStore, StreamStatistics, STREAM_STORE_SETTINGS],
})
export class StreamStoreModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    store: StreamStore,
    private readonly policy: AccessPolicy,
    rawBody: RawBody,
    routes: HostRoutes,
    private readonly host: HttpAdapterHost,
    @Inject(STREAM_STORE_SETTINGS) private readonly settings: StreamStoreSettings,
    operations: OperationsRegistry,
    statistics: StreamStatistics,
    groups: ActiveGroups,
    shutdown: Shutdown,
    documents: ApiDocuments,
  ) {
    super();
    shutdown.add({ name: 'stream store', close: () => store.close() });
    // The package reads uploads and metadata itself.
    rawBody.claim(
      (method, path) =>
        (method === 'POST' && /^\/data\/[^/]+\/?$/.test(path)) ||
        (method === 'PUT' && /^\/streams\/[^/]+\/?$/.test(path)),
      settings,
    );
    routes.serve(StreamStoreModule, {
      ignoreGlobalPrefix: settings.ignoreGlobalPrefix,
      remedy: 'serve no REST by rest: false of StreamStoreModule',
    });
    const { ignoreGlobalPrefix } = settings;
    documents.addOpenApi(() => ({ ...streamsOpenApi(), ignoreGlobalPrefix }), StreamStoreModule);
    operations.add(streamOperations(store, statistics, groups));
    if (store.operations) operations.add(store.operations);
  }

  onModuleInit(): void {
    if (this.settings.public) this.policy.openArea(STREAMS_AREA);
    warnAboutFastify(this.host);
  }
}

interface FastifyConfig {
  readonly ignoreTrailingSlash?: boolean;
  readonly routerOptions?: { readonly ignoreTrailingSlash?: boolean };
}

/**
 * Existing clients ask for `/streams/` with a slash at its end, and join many names in one path. Fastify's router takes
 * neither by default; a warning shows the host the line to write.
 */
function warnAboutFastify({ httpAdapter }: HttpAdapterHost): void {
  if (httpAdapter?.getType() !== 'fastify') return;
  const { initialConfig } = httpAdapter.getInstance<{ initialConfig: FastifyConfig }>();
  if (initialConfig.routerOptions?.ignoreTrailingSlash ?? initialConfig.ignoreTrailingSlash) return;
  new Logger('StreamStoreModule').warn(
    'Paths with a slash at the end and long joined names will be answered with 404. Create the adapter like this: ' +
      'new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16384 } })',
  );
}
