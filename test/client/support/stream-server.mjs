// A server with an embedded store, in a process of its own. Tells its port; ends when it is told to.
import 'reflect-metadata';
import { MillraceWsAdapter } from '@millrace/core';
import { embeddedStore, StreamStoreModule } from '@millrace/stream-store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const [directory] = process.argv.slice(2);
const http = new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16384 } });
const app = await NestFactory.create(StreamStoreModule.forRoot({ store: embeddedStore({ directory }) }), http, {
  logger: false,
});
app.useWebSocketAdapter(new MillraceWsAdapter(app));
await app.listen(0, '127.0.0.1');
process.on('message', () => void app.close().then(() => process.disconnect()));
process.send({ port: app.getHttpServer().address().port });
