import { All, Controller, Get, type INestApplication, Module, Post, type Type, VersioningType } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { AuthModule } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule } from '@millrace/connector';
import { MillraceSocketsModule, SocketEndpoint } from '@millrace/core';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';

const auth = () =>
  AuthModule.forRoot({ jwt: { secret: 'a secret of at least thirty-two bytes' }, protect: 'millrace' });
const streams = (options = {}) => StreamStoreModule.forRoot({ store: memoryStore(), ...options });

/** A module of the host with one route. */
function hostWith(path: string, method: MethodDecorator, version?: string): Type {
  @Controller({ path, ...(version ? { version } : {}) })
  class PagesController {
    @method
    show(): string {
      return 'of the host';
    }
  }
  @Module({ controllers: [PagesController] })
  class PagesModule {}
  return PagesModule;
}

describe.each(BOTH_HTTP_ADAPTERS)('Routes of our modules and of the host on %s', (adapter) => {
  let running: RunningApplication | undefined;
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });
  const start = async (imports: Parameters<typeof startApplication>[0], prepare?: (app: INestApplication) => void) => {
    running = await startApplication(imports, { adapter, ...(prepare ? { prepare } : {}) });
    return running.url;
  };

  it.each<[string, () => Parameters<typeof startApplication>[0], string]>([
    ['POST /token', () => [auth(), hostWith('token', Post())], 'keyRoutes: false'],
    ['GET /keys', () => [auth(), hostWith('/', Get('keys'))], 'keyRoutes: false'],
    ['GET /streams', () => [streams(), hostWith('streams', Get())], 'rest: false of StreamStoreModule'],
    ['GET /data/:id', () => [streams(), hostWith('data', Get(':other'))], 'rest: false of StreamStoreModule'],
    ['GET /sources', () => [ConnectorHubModule.forRoot(), hostWith('sources', All())], 'ConnectorHubModule'],
    ['ALL /publish', () => [ConnectivityModule.forRoot(), hostWith('publish', Post())], 'its option prefix'],
    ['ALL /', () => [ConnectivityModule.forRoot({ frontPage: true }), hostWith('/', Get())], 'frontPage: false'],
    ['POST /rpc', () => [RpcModule.forRoot(), hostWith('rpc', Post())], 'the options http and healthz of RpcModule'],
    ['GET /healthz', () => [RpcModule.forRoot(), hostWith('healthz', Get())], 'http and healthz of RpcModule'],
  ])('that are the same stop the start, whichever comes first: %s', async (route, imports, remedy) => {
    for (const order of [imports(), imports().reverse()]) {
      const started = start(order);
      await expect(started).rejects.toThrow(`Two routes ask for ${route}: `);
      await expect(started).rejects.toThrow('PagesController of PagesModule. Give yours another path, or');
      await expect(started).rejects.toThrow(remedy);
    }
  });

  it('stop it too where the host has given its own to the framework', async () => {
    const prepare = (app: INestApplication): void => {
      app
        .getHttpAdapter()
        .get('/streams', ((_request: unknown, response: { send(text: string): void }) => response.send('')) as never);
    };
    await expect(start([streams()], prepare)).rejects.toThrow(
      /Two routes ask for GET \/streams: StreamsController of StreamStoreModule and a route that was given to \w+ itself/,
    );
  });

  it('stop it where one of ours would take one of the host out of the global prefix', async () => {
    const imports = [streams({ ignoreGlobalPrefix: true }), hostWith('streams', Get())];
    await expect(start(imports, (app) => void app.setGlobalPrefix('api'))).rejects.toThrow(
      'Nest takes routes of one path out of the global prefix together',
    );
  });

  it('do not meet by parameters, wildcards, methods, versions or the global prefix', async () => {
    const imports = () => [
      streams(),
      ConnectivityModule.forRoot(),
      RpcModule.forRoot(),
      hostWith('/', Get()),
      hostWith('/', Get(':page')),
      hostWith('pages', Get('*')),
      hostWith('streams', Post()),
      hostWith('rpc', Get()),
    ];
    const first = await start(imports());
    expect(await (await fetch(first)).text()).toBe('of the host');
    expect(await (await fetch(`${first}/about`)).text()).toBe('of the host');
    await running?.close();
    const versions = await start([streams(), hostWith('streams', Get(), '2')], (app) => {
      app.enableVersioning({ type: VersioningType.URI });
    });
    expect(await (await fetch(`${versions}/v2/streams`)).text()).toBe('of the host');
    expect(await (await fetch(`${versions}/streams`)).json()).toEqual(expect.anything());
    await running?.close();
    const prefixed = await start([streams(), hostWith('streams', Get())], (app) => {
      app.setGlobalPrefix('api', { exclude: [{ path: 'other', method: 0 }] });
    }).catch((error: Error) => error.message);
    expect(prefixed).toContain('Two routes ask for GET /api/streams');
  });

  it('name both classes where two sockets ask for one path', async () => {
    @WebSocketGateway({ path: '/data/:other/push' })
    class RoomGateway {}
    @Module({ providers: [RoomGateway] })
    class RoomModule {}
    await expect(start([streams(), RoomModule])).rejects.toThrow(
      'Two socket endpoints ask for the path /data/:stream_id/push: RoomGateway and PushEndpoint.',
    );
    @SocketEndpoint({ path: '/data/:stream_id/push/' })
    class Endpoint {
      handshake(): void {}
      handleConnection(): void {}
    }
    @Module({ imports: [MillraceSocketsModule], providers: [Endpoint] })
    class EndpointModule {}
    await expect(start([streams(), EndpointModule])).rejects.toThrow('PushEndpoint and Endpoint');
  });
});
