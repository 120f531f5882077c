// The product as a host application would run it: Nest on Fastify, the module, the embedded store. No tokens, since the
// reference has none; what a token costs is paid once, at the handshake.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MillraceWsAdapter } from '@millrace/core';
import { embeddedStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { serveRunner } from './serve-runner.mjs';

const [, , directory] = process.argv;

class BenchModule {}
Module({
  imports: [
    StreamStoreModule.forRoot({
      store: embeddedStore({ directory }),
      retention: { maxLength: 100_000_000 },
    }),
  ],
})(BenchModule);

const app = await NestFactory.create(
  BenchModule,
  new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 } }),
  { logger: ['error', 'warn'] },
);
app.useWebSocketAdapter(new MillraceWsAdapter(app));
await app.listen(0, '127.0.0.1');
const store = app.get(StreamStore);
serveRunner(app.getHttpServer().address().port, {
  stored: async (name) => (await store.describe(name))?.entriesAdded ?? 0,
  close: () => app.close(),
});
