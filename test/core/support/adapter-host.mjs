// Started by its test: an application of NestFactory, by Nest's own way and in a process of its own, with the adapter and
// the modules that the arguments name. Prints `ready` once it runs and `done` once it has ended by itself.
import 'reflect-metadata';
import { AuthModule } from '@millrace/auth';
import { RpcClientModule } from '@millrace/client/nest';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule, ConnectorModule } from '@millrace/connector';
import { MillraceWsAdapter } from '@millrace/core';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const [kind, modules, abortOnError] = process.argv.slice(2);

const MODULES = {
  none: () => [],
  auth: () => [AuthModule.forRoot({ jwt: { secret: 'a secret of at least thirty-two bytes' } })],
  connector: () => [ConnectorModule.forRoot({ targetServer: 'http://127.0.0.1:1', authToken: 'x', sources: ['a'] })],
  'rpc-client': () => [RpcClientModule.forRoot({})],
  // Everything that has routes and sockets where there is HTTP.
  servers: () => [
    ...MODULES.auth(),
    StreamStoreModule.forRoot({ store: memoryStore() }),
    ConnectivityModule.forRoot({ public: true, bypassFramework: true, prefix: 'registry' }),
    ConnectorHubModule.forRoot({ sources: { s: {} } }),
    RpcModule.forRoot(),
  ],
};

class AppModule {}
const root = { module: AppModule, imports: MODULES[modules]() };
const options = { logger: false, ...(abortOnError === 'false' ? { abortOnError: false } : {}) };

const app = await start();
console.log('ready');
await app.close();
console.log('done');

async function start() {
  if (kind === 'context') {
    const context = await NestFactory.createApplicationContext(root, options);
    if (modules !== 'servers') new MillraceWsAdapter(context);
    return context;
  }
  const created =
    kind === 'fastify'
      ? await NestFactory.create(root, new FastifyAdapter(), options)
      : await NestFactory.create(root, options);
  created.useWebSocketAdapter(new MillraceWsAdapter(created));
  await created.listen(0, '127.0.0.1');
  return created;
}
