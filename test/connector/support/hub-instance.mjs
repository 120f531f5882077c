// A hub in a process of its own, which shares its sources by a Redis. It says where it listens, and which notifications it handles.
//
//   hub-instance.mjs <options of redisSources() as JSON>
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ConnectorHub, ConnectorHubModule } from '@millrace/connector';
import { redisSources } from '@millrace/connector/redis';
import { MillraceWsAdapter } from '@millrace/core';

class HubApplication {}
Module({
  imports: [
    ConnectorHubModule.forRoot({
      store: redisSources(JSON.parse(process.argv[2])),
      sources: { a: { room: 'lab' } },
      public: true,
      refusalDelay: '20ms',
      maxRefusalDelay: '100ms',
    }),
  ],
})(HubApplication);

const app = await NestFactory.create(HubApplication, new FastifyAdapter(), { logger: false });
app.useWebSocketAdapter(new MillraceWsAdapter(app));
app.get(ConnectorHub).onNotification('a', ({ object }) => void process.send({ handled: object }));
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
