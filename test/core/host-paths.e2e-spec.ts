import {
  Body,
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Module,
  Post,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AuthModule } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule } from '@millrace/connector';
import { MillraceSocketsModule, SocketEndpoint, type SocketHandler, SocketRegistry } from '@millrace/core';
import { asyncApiDocument } from '@millrace/core/documents';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import {
  BOTH_HTTP_ADAPTERS,
  type HttpAdapterName,
  type RunningApplication,
  startApplication,
} from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';

const SECRET = 'a secret of at least thirty-two bytes';
const LOGIN = new URLSearchParams({ username: 'a', password: 'a' });

@Injectable()
class Methods {
  @RpcMethod('one')
  one(): number {
    return 1;
  }
}

@SocketEndpoint({ path: '/own/:name' })
@Injectable()
class Own implements SocketHandler<void> {
  handshake(): void {}
  handleConnection(): void {}
}

@Controller('host')
class HostController {
  @Post()
  parsed(@Body() body: unknown): unknown {
    return body;
  }

  @Get('token')
  token(): string {
    return 'of the host';
  }
}

@Module({ imports: [MillraceSocketsModule], controllers: [HostController], providers: [Methods, Own] })
class HostModule {}

interface Place {
  readonly ignoreGlobalPrefix?: boolean;
}

function start(
  adapter: HttpAdapterName,
  prepare: (app: INestApplication) => void,
  place: Place = {},
  bypassFramework = false,
): Promise<RunningApplication> {
  const imports = [
    AuthModule.forRoot({ jwt: { secret: SECRET }, protect: 'millrace', dataDirectory: 'unused', ...place }),
    StreamStoreModule.forRoot({ store: memoryStore(), public: true, ...place }),
    ConnectivityModule.forRoot({ public: true, frontPage: true, bypassFramework, ...place }),
    ConnectorHubModule.forRoot({ public: true, ...place }),
    RpcModule.forRoot({ public: true, ...place }),
    HostModule,
  ];
  return startApplication(imports, { adapter, prepare });
}

/** Asks for everything of all modules below a path. */
async function expectServed({ url, wsUrl }: RunningApplication, base: string): Promise<void> {
  const at = (path: string): string => `${url}${base}${path}`;
  const json = (path: string, body: unknown): Promise<Response> =>
    fetch(at(path), { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  expect((await fetch(at('/token'), { method: 'POST', body: LOGIN })).status).toBe(200);
  expect((await fetch(at('/keys'))).status).toBe(401);
  expect((await fetch(at('/streams/s'), { method: 'PUT', body: '{"a":1}' })).status).toBe(200);
  const upload = new FormData();
  upload.append('entries', new Blob(['x']), 'x');
  expect((await fetch(at('/data/s'), { method: 'POST', body: upload })).status).toBe(200);
  expect((await fetch(at('/ping'))).status).toBe(200);
  const connections = [{ uid: 'a', uri: 'tcp://h:1', data_type: 'T', connection_type: 0 }];
  const text = JSON.stringify({ partition: 'p', connections });
  // Of a type that no parser of the host would read.
  const published = await fetch(at('/publish'), { method: 'POST', body: text, headers: { 'Content-Type': 'text/x' } });
  expect(published.status).toBe(200);
  expect(await (await json('/getconnection/p', { uid_regex: 'a', data_type: 'T' })).json()).toHaveLength(1);
  expect(await (await fetch(at(base === '' ? '/' : ''))).text()).toContain('Dump');
  expect((await fetch(at('/sources'))).status).toBe(200);
  const call = { jsonrpc: '2.0', id: 1, method: 'one' };
  expect(await (await json('/rpc', call)).json()).toMatchObject({ result: 1 });
  expect(await (await fetch(at('/healthz'))).text()).toBe('Ok');
  for (const path of ['/data/s/push', '/data/s/pull', '/connections/p/watch', '/api/v1/wsock/websocket', '/rpc']) {
    const socket = await SocketClient.open(`${wsUrl}${base}${path}`);
    await socket.close();
  }
}

/** The same, and none of it where it does not belong. */
async function expectNotServed({ url, wsUrl }: RunningApplication, base: string): Promise<void> {
  for (const path of ['/streams', '/stats', '/sources', '/healthz', '/ping']) {
    expect([path, (await fetch(`${url}${base}${path}`)).status]).toEqual([path, 404]);
  }
  expect((await fetch(`${url}${base}/rpc`, { method: 'POST' })).status).toBe(404);
  for (const path of ['/data/s/push', '/connections/p/watch', '/api/v1/wsock/websocket', '/rpc']) {
    expect((await refusedHandshake(`${wsUrl}${base}${path}`)).status).toBe(404);
  }
}

describe.each(BOTH_HTTP_ADAPTERS)('The paths of all modules on %s', (adapter) => {
  let running: RunningApplication;
  afterEach(() => running.close());

  it.each([VersioningType.URI, VersioningType.HEADER, VersioningType.MEDIA_TYPE, VersioningType.CUSTOM] as const)(
    'are where they are without versions (%s)',
    async (type) => {
      const options = { defaultVersion: '1', header: 'X-Version', key: 'v=', extractor: () => '1' };
      running = await start(adapter, (app) => void app.enableVersioning({ ...options, type }));
      await expectServed(running, '');
      const modules = [...running.app.get(ModulesContainer).values()].filter(({ metatype }) => metatype !== HostModule);
      for (const { name } of modules
        .flatMap(({ controllers }) => [...controllers.values()])
        .filter(({ metatype }) => Reflect.getMetadata('__version__', metatype as object) !== VERSION_NEUTRAL)) {
        throw new Error(`${name} is not VERSION_NEUTRAL`);
      }
    },
  );

  it('follow the global prefix of the host, sockets and mounts too', async () => {
    running = await start(adapter, (app) => void app.setGlobalPrefix('/api/'));
    await expectServed(running, '/api');
    await expectNotServed(running, '');
    expect((await refusedHandshake(`${running.wsUrl}/own/a`)).status).toBe(404);
    await (await SocketClient.open(`${running.wsUrl}/api/own/a`)).close();
    const { endpoints } = running.app.get(SocketRegistry, { strict: false });
    const document = asyncApiDocument({ info: { title: '', version: '' }, endpoints, host: '', protocol: 'ws' });
    expect(JSON.stringify(document)).toContain('"address":"/api/data/{stream_id}/push"');
  });

  it('follow a prefix with a parameter', async () => {
    running = await start(adapter, (app) => void app.setGlobalPrefix(':tenant/api'), {}, true);
    await expectServed(running, '/blue/api');
    await expectNotServed(running, '');
  });

  it('are left out of the prefix where the host excludes them', async () => {
    const exclude = ['data/:id/push', 'rpc', 'streams', 'token'];
    running = await start(adapter, (app) => void app.setGlobalPrefix('api', { exclude }));
    const { url, wsUrl } = running;
    await (await SocketClient.open(`${wsUrl}/data/s/push`)).close();
    await (await SocketClient.open(`${wsUrl}/rpc`)).close();
    await (await SocketClient.open(`${wsUrl}/api/data/s/pull`)).close();
    expect((await fetch(`${url}/streams`)).status).toBe(200);
    expect((await fetch(`${url}/token`, { method: 'POST', body: LOGIN })).status).toBe(200);
    expect((await fetch(`${url}/api/ping`)).status).toBe(200);
    const body = '{"jsonrpc":"2.0","id":1,"method":"one"}';
    const headers = { 'Content-Type': 'application/json' };
    expect(await (await fetch(`${url}/rpc`, { method: 'POST', body, headers })).json()).toMatchObject({ result: 1 });
    expect((await refusedHandshake(`${wsUrl}/api/rpc`)).status).toBe(404);
  });

  it.each([false, true])('stay at the root with ignoreGlobalPrefix (bypassFramework: %s)', async (bypass) => {
    running = await start(adapter, (app) => void app.setGlobalPrefix('api'), { ignoreGlobalPrefix: true }, bypass);
    await expectServed(running, '');
    await expectNotServed(running, '/api');
    // The host's own stay behind it.
    expect(await (await fetch(`${running.url}/api/host/token`)).text()).toBe('of the host');
    const headers = { 'Content-Type': 'application/json' };
    const echo = await fetch(`${running.url}/api/host`, { method: 'POST', body: '{"a":1}', headers });
    expect(await echo.json()).toEqual({ a: 1 });
  });
});
