// One of several instances of an application with streams, registry and sources, all on one Redis.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ConnectivityModule } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { ConnectorHub, ConnectorHubModule } from '@millrace/connector';
import { redisSources } from '@millrace/connector/redis';
import { MillraceWsAdapter } from '@millrace/core';
import { sharedRedis } from '@millrace/core/redis';
import { StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { paced } from './paced.mjs';

const [, , url, sourceNames] = process.argv;
const redis = sharedRedis({ url });

class AppModule {}
Module({
  imports: [
    StreamStoreModule.forRoot({ store: redisStore({ redis }) }),
    ConnectivityModule.forRoot({ registry: redisRegistry({ redis }), ttl: '1h', public: true }),
    ConnectorHubModule.forRoot({
      public: true,
      store: redisSources({ redis }),
      sources: Object.fromEntries(sourceNames.split(',').map((name) => [name, {}])),
    }),
  ],
})(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['error'] });
app.useWebSocketAdapter(new MillraceWsAdapter(app));
await app.listen(0, '127.0.0.1');
const hub = app.get(ConnectorHub);

const tasks = {
  /** Processor time of this process so far, in microseconds. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  /** Asks sources in turn, so many clients so many times, each after a pace in milliseconds. */
  async query(sources, times, clients, pace) {
    let asked = 0;
    const ask = () => hub.query(sources[(asked += 1) % sources.length], { rows: 1 });
    await Promise.all(
      Array.from({ length: clients }, (_unused, client) => paced({ pace, times, part: client / clients }, ask)),
    );
  },
};

process.on('message', async ({ task, parameters = [] }) => {
  try {
    process.send({ result: await tasks[task](...parameters) });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ port: app.getHttpServer().address().port });
