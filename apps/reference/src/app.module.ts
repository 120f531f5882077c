import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AuthModule, developmentUsers, PTG_PRINTED_TOKEN } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule } from '@millrace/connector';
import { CONSOLE_AREA, ConsoleModule } from '@millrace/console';
import { MillraceSocketsModule } from '@millrace/core';
import { ApiDocuments } from '@millrace/core/documents';
import { MillraceHealthIndicator } from '@millrace/core/health';
import { MillraceStatisticsModule } from '@millrace/core/statistics';
import { RpcModule } from '@millrace/rpc';
import { StreamStoreModule } from '@millrace/stream-store';
import { type Settings, SETTINGS } from './config/settings.js';
import type { Stores } from './config/stores.js';
import { DemoModule } from './demo/demo.module.js';
import { HealthController } from './health/health.controller.js';
import { ErrorAnswerFilter } from './http/error-answer.filter.js';
import { Listeners } from './listeners/listeners.js';
import { METRICS_AREA } from './metrics/metrics.controller.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { DocumentsController } from './portal/documents.controller.js';
import { OPERATIONS_OPEN_API } from './portal/openapi.js';
import { PlaygroundMethods } from './rpc/playground.methods.js';
import { RenderMethods } from './rpc/render.methods.js';
import { StreamStatisticsMethods } from './rpc/stream-statistics.methods.js';
import { InfoAccess } from './server-info/info-access.js';
import { ServerInfoController } from './server-info/server-info.controller.js';
import { serverInfoOpenApi } from './server-info/server-info-openapi.js';
import { ServerInfo } from './server-info/server-info.js';
import { SourceStreams } from './sources/source-streams.js';

/** Logins a minute from one address: plenty for those who try things out, few for those who guess. */
const LOGINS = { development: 1000, production: 30 };

/** Every module of Millrace wired into one application. */
@Module({})
export class AppModule {
  constructor(documents: ApiDocuments) {
    for (const one of [OPERATIONS_OPEN_API, serverInfoOpenApi()]) documents.addOpenApi(one);
  }

  static create(settings: Settings, stores: Stores): DynamicModule {
    const { production, dataDirectory, demo, publicAreas, metrics, console: consoleAccess } = settings;
    const { streams, registry, sources, users, apiKeys, revocations, logins } = stores;
    return {
      module: AppModule,
      imports: [
        AuthModule.forRoot({
          jwt: { secret: settings.jwtSecret, privateKeyFile: settings.jwtKeyFile },
          production,
          dataDirectory,
          publicAreas: [
            ...publicAreas,
            ...(metrics === 'open' ? [METRICS_AREA] : []),
            ...(consoleAccess === 'open' ? [CONSOLE_AREA] : []),
          ],
          origins: settings.origins,
          hosts: settings.hosts,
          apiKeys: { store: apiKeys, trustProxy: settings.trustProxy },
          revocations: { store: revocations },
          throttle: { limit: production ? LOGINS.production : LOGINS.development, ttl: '1m', store: logins },
          managedUsers: users,
          ...(production ? { users } : { users: developmentUsers(), developmentTokens: [PTG_PRINTED_TOKEN] }),
        }),
        StreamStoreModule.forRoot({ store: streams, isGlobal: true }),
        ConnectivityModule.forRoot({
          registry,
          ttl: settings.entryTtl * 1000,
          debug: settings.connectivityDebug,
          frontPage: true,
          isGlobal: true,
        }),
        // JSON-RPC on `/` and `/rpc`.
        RpcModule.forRoot({
          isGlobal: true,
          paths: ['/', '/rpc'],
          public: publicAreas.includes('rpc'),
          version: { major: 0, minor: 1, patch: 0, revision: settings.revision },
          info: { title: 'Millrace', version: '0.1.0', description: 'The methods of this server.' },
        }),
        ConnectorHubModule.forRoot({
          store: sources,
          ...(demo ? { sources: { thermostat: { target: 20, interval: 1000 } } } : {}),
          isGlobal: true,
        }),
        MillraceSocketsModule,
        ...(consoleAccess === 'off' ? [] : [ConsoleModule.forRoot({ version: '0.1.0' })]),
        MillraceStatisticsModule,
        TerminusModule.forRoot({ errorLogStyle: 'pretty' }),
        MetricsModule.forRoot(metrics !== 'off'),
        ...(demo ? [DemoModule] : []),
      ],
      controllers: [HealthController, ...(consoleAccess === 'off' ? [] : [DocumentsController]), ServerInfoController],
      providers: [
        { provide: SETTINGS, useValue: settings },
        ErrorAnswerFilter,
        InfoAccess,
        Listeners,
        MillraceHealthIndicator,
        RenderMethods,
        ServerInfo,
        SourceStreams,
        StreamStatisticsMethods,
        ...(demo ? [PlaygroundMethods] : []),
      ],
    };
  }
}
