// An instance of a service on Express, in a process of its own: tells its port once it listens, and ends by signals.
import 'reflect-metadata';
import { ConnectivityModule } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { ConnectorHub, ConnectorHubModule } from '@millrace/connector';
import { redisSources } from '@millrace/connector/redis';
import { MillraceWsAdapter } from '@millrace/core';
import { MillraceHealthIndicator } from '@millrace/core/health';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';

const [port, way] = process.argv.slice(2);
const redis = { ...JSON.parse(way), commandTimeout: '30s' };

class Methods {
  echo(params) {
    return params;
  }
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return 'done';
  }
}
for (const name of ['echo', 'slow'])
  RpcMethod(name, {})(Methods.prototype, name, Object.getOwnPropertyDescriptor(Methods.prototype, name));

class Health {
  constructor(health, millrace) {
    this.check = () => health.check(millrace.checks());
  }
  answer() {
    return this.check();
  }
}
Reflect.defineMetadata('design:paramtypes', [HealthCheckService, MillraceHealthIndicator], Health);
Controller('health')(Health);
Get()(Health.prototype, 'answer', Object.getOwnPropertyDescriptor(Health.prototype, 'answer'));

class AppModule {}
const app = await NestFactory.create(
  {
    module: AppModule,
    imports: [
      StreamStoreModule.forRoot({ store: redisStore(redis), public: true }),
      ConnectivityModule.forRoot({ registry: redisRegistry(redis), public: true }),
      ConnectorHubModule.forRoot({ public: true, store: redisSources(redis), reclaimWait: '30s' }),
      RpcModule.forRoot({ public: true }),
      TerminusModule.forRoot({ logger: false }),
    ],
    controllers: [Health],
    providers: [Methods, MillraceHealthIndicator],
  },
  { logger: ['warn', 'error'] },
);
const store = app.get(StreamStore, { strict: false });
app
  .get(ConnectorHub, { strict: false })
  .onNotification(/^/, (notification) =>
    store.append(`source:${notification.source}`, [Buffer.from(JSON.stringify(notification.object))]),
  );
app.useWebSocketAdapter(new MillraceWsAdapter(app, { shutdownDelay: '1s', shutdownTimeout: '10s' }));
app.enableShutdownHooks([], { useProcessExit: true });
await app.listen(Number(port), '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
