import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule } from '@millrace/auth';
import { RpcClientModule } from '@millrace/client/nest';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule, ConnectorModule } from '@millrace/connector';
import { MillraceMetricsModule } from '@millrace/core/metrics';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStore, type StreamStoreDriver, StreamStoreModule } from '@millrace/stream-store';
import { Registry } from 'prom-client';
import { startApplication } from '../support/applications.js';

const SECRET = { jwt: { secret: 'a secret of at least thirty-two bytes' } };
const server = (name?: string): DynamicModule =>
  ConnectorModule.forRoot({
    targetServer: 'http://127.0.0.1:1',
    authToken: 'x',
    sources: ['a'],
    ...(name && { name }),
  });
const clients = (...names: string[]): DynamicModule =>
  RpcClientModule.forRoot({ clients: Object.fromEntries(names.map((name) => [name, { uri: '127.0.0.1:1' }])) });

/** Two feature modules, each with imports of its own, as an application has them. */
function application(first: DynamicModule[], second: DynamicModule[]): Type {
  @Module({ imports: first })
  class FirstModule {}
  @Module({ imports: second })
  class SecondModule {}
  @Module({ imports: [FirstModule, SecondModule] })
  class AppModule {}
  return AppModule;
}

const start = (module: Type): Promise<unknown> =>
  NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });

describe('A module that two feature modules import', () => {
  const registry = new Registry();
  it.each<[string, () => DynamicModule, () => DynamicModule]>([
    ['AuthModule', () => AuthModule.forRoot(SECRET), () => AuthModule.forRoot(SECRET)],
    ['StreamStoreModule', () => StreamStoreModule.forRoot({}), () => StreamStoreModule.forRoot({ rest: false })],
    ['ConnectivityModule', () => ConnectivityModule.forRoot(), () => ConnectivityModule.forRoot({ prefix: 'b' })],
    ['ConnectorHubModule', () => ConnectorHubModule.forRoot(), () => ConnectorHubModule.forRoot()],
    ['RpcModule', () => RpcModule.forRoot(), () => RpcModule.forRootAsync({ useFactory: () => ({ paths: ['/b'] }) })],
    ['ConnectorModule "default"', server, server],
    ['ConnectorModule "b"', () => server('b'), () => server('b')],
    ['RpcClientModule "renderer"', () => clients('renderer'), () => clients('a', 'renderer')],
    [
      'MillraceMetricsModule',
      () => MillraceMetricsModule.forRoot({ registry }),
      () => MillraceMetricsModule.forRoot({ registry }),
    ],
  ])('is refused at start: %s', async (name, first, second) => {
    await expect(start(application([first()], [second()]))).rejects.toThrow(
      `${name} is imported twice (by FirstModule and SecondModule): import it once, in the root module.`,
    );
  });

  it('is refused before a store is opened', async () => {
    let opened = 0;
    const driver: StreamStoreDriver = {
      create: () => {
        opened += 1;
        return memoryStore().create({} as never);
      },
    };
    const store = (): DynamicModule => StreamStoreModule.forRoot({ store: driver });
    await expect(startApplication([store(), store()])).rejects.toThrow('StreamStoreModule is imported twice');
    expect(opened).toBe(0);
  });

  it('is fine as one object, beside another application, or under another name', async () => {
    const streams = StreamStoreModule.forRoot({ store: memoryStore() });
    const running = await startApplication([application([streams, server('a')], [streams, server('b')])]);
    const other = await startApplication([application([streams, clients('a')], [clients('b')])]);
    expect(running.app.get(StreamStore, { strict: false })).not.toBe(other.app.get(StreamStore, { strict: false }));
    await running.close();
    await other.close();
  });
});
