// A hub with nothing but streams, in the folder or the Redis that its parent names. Ends when it is killed.
import 'reflect-metadata';
import { MillraceWsAdapter } from '@millrace/core';
import { embeddedStore, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

// A test that was killed leaves nothing behind.
process.once('disconnect', () => process.exit());
process.once('message', async ({ directory, redis, port = 0 }) => {
  const streams = StreamStoreModule.forRoot({
    store: redis ? redisStore(redis) : embeddedStore({ directory }),
    retention: { maxLength: 100_000_000 },
    public: true,
  });
  class Hub {}
  Module({ imports: [streams] })(Hub);
  const app = await NestFactory.create(Hub, new FastifyAdapter(), { logger: ['error'] });
  app.useWebSocketAdapter(new MillraceWsAdapter(app));
  await app.listen(port, '127.0.0.1');
  process.send?.(await app.getUrl());
});
process.send?.('ready');
