import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { type ApiKeyStore, AuthModule, developmentUsers, PTG_PRINTED_TOKEN } from '@millrace/auth';
import { ConnectivityModule, memoryRegistry, type RegistryDriver } from '@millrace/connectivity';
import { MillraceCoreModule } from '@millrace/core';
import { MillraceHealthIndicator } from '@millrace/core/health';
import { embeddedStore, memoryStore, type StreamStoreDriver, StreamStoreModule } from '@millrace/stream-store';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectionsPageController } from './connections/connections-page.controller.js';
import { type Settings, SETTINGS } from './config/settings.js';
import { DemoModule } from './demo/demo.module.js';
import { HealthController } from './health/health.controller.js';
import { ErrorAnswerFilter } from './http/error-answer.filter.js';
import { ListenersModule } from './listeners/listeners.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PortalModule } from './portal/portal.module.js';
import { SourcesModule } from './sources/sources.module.js';
import { RpcMethodsModule } from './rpc/rpc-methods.module.js';
import { UsersController } from './users/users.controller.js';

/** Logins a minute from one address: plenty for those who try things out, few for those who guess. */
const LOGINS = { development: 1000, production: 30 };

/** Every module of Millrace wired into one application. */
@Module({})
export class AppModule {
  static async create(settings: Settings): Promise<DynamicModule> {
    const { production, dataDirectory, publicAreas } = settings;
    const { streams, registry, apiKeys } = await stores(settings);
    return {
      module: AppModule,
      imports: [
        AuthModule.forRoot({
          jwt: { secret: settings.jwtSecret, privateKeyFile: settings.jwtKeyFile },
          production,
          dataDirectory,
          publicAreas,
          apiKeys: { store: apiKeys, trustProxy: settings.trustProxy },
          throttle: { limit: production ? LOGINS.production : LOGINS.development, ttl: '1m' },
          ...(production ? {} : { users: developmentUsers(), developmentTokens: [PTG_PRINTED_TOKEN] }),
        }),
        StreamStoreModule.forRoot({ store: streams, isGlobal: true }),
        ConnectivityModule.forRoot({
          registry,
          ttl: settings.entryTtl * 1000,
          debug: settings.connectivityDebug,
          isGlobal: true,
        }),
        MillraceCoreModule,
        TerminusModule.forRoot({ errorLogStyle: 'pretty' }),
        RpcMethodsModule.create(settings),
        SourcesModule.create(settings),
        ListenersModule.create(settings),
        MetricsModule,
        PortalModule,
        ...(settings.demo ? [DemoModule] : []),
      ],
      controllers: [ConnectionsPageController, HealthController, UsersController],
      providers: [{ provide: SETTINGS, useValue: settings }, MillraceHealthIndicator, ErrorAnswerFilter],
    };
  }
}

/** Where streams, connections and API keys are kept. */
interface Stores {
  readonly streams: StreamStoreDriver;
  readonly registry: RegistryDriver;
  /** By default a file in the data folder, which the command `millrace keys` writes too. */
  readonly apiKeys?: ApiKeyStore;
}

async function stores({ store, dataDirectory, redisUrl: url }: Settings): Promise<Stores> {
  const streams = store === 'memory' ? memoryStore() : embeddedStore({ directory: join(dataDirectory, 'streams') });
  if (!url) return { streams, registry: memoryRegistry() };
  // Loaded where there is a Redis.
  const [auth, connectivity, streamStore] = await Promise.all([
    import('@millrace/auth/redis'),
    import('@millrace/connectivity/redis'),
    import('@millrace/stream-store/redis'),
  ]);
  const registry = connectivity.redisRegistry({ url });
  if (store !== 'redis') return { streams, registry };
  return { streams: streamStore.redisStore({ url }), registry, apiKeys: auth.redisApiKeys({ url }) };
}
