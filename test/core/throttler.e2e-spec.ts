import { type ModuleMetadata, Module, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import {
  SkipThrottle,
  Throttle,
  ThrottlerGuard,
  ThrottlerModule,
  type ThrottlerModuleOptions,
} from '@nestjs/throttler';
import { AuthModule } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHub } from '@millrace/connector';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { postRpc } from '../rpc/support/rpc-http.js';
import { RpcSocket } from '../rpc/support/rpc-socket.js';
import { sourceOf, startBehind } from './support/guarded-places.js';

class Methods {
  @RpcMethod('one') one(): number {
    return 1;
  }
  @RpcMethod('two') two(_params: unknown): number {
    return 2;
  }
  @RpcMethod('rare') @Throttle({ default: { ttl: 600_000, limit: 1 } }) rare(): number {
    return 3;
  }
  @RpcMethod('often') @SkipThrottle() often(): number {
    return 4;
  }
}

@WebSocketGateway({ path: '/gateway' })
class Gateway {
  handshake(): void {}
}

const LIMIT = { ttl: 600_000, limit: 2 };
const GUARD = { provide: APP_GUARD, useClass: ThrottlerGuard };

function hostOf(options: ThrottlerModuleOptions, { imports = [] }: ModuleMetadata = {}): Type {
  @Module({ imports: [ThrottlerModule.forRoot(options), ...imports], providers: [Methods, Gateway, GUARD] })
  class HostModule {}
  return HostModule;
}

const call = (method: string, params?: unknown): object => ({ jsonrpc: '2.0', id: 1, method, params });

describe.each(BOTH_HTTP_ADAPTERS)('A ThrottlerGuard before everything on %s', (adapter) => {
  describe('as its documentation has it', () => {
    let running: RunningApplication;
    beforeEach(async () => {
      const streams = StreamStoreModule.forRoot({ store: memoryStore() });
      const imports = [streams, RpcModule.forRoot(), ConnectivityModule.forRoot(), hostOf([LIMIT])];
      running = await startApplication(imports, { adapter });
    });
    afterEach(() => running.close());

    it.each(['/data/s/push', '/rpc', '/gateway', '/connections/p/watch'])(
      'counts handshakes by address, and refuses with 429: %s',
      async (path) => {
        const url = running.wsUrl + path;
        for (let round = 0; round < 2; round += 1) await (await SocketClient.open(url)).close();
        const { status, headers, body } = await refusedHandshake(url);
        expect(status).toBe(429);
        expect(Number(headers['retry-after'])).toBeGreaterThan(0);
        expect(headers['content-type']).toBe('application/json; charset=utf-8');
        expect(body).toContain('detail');
      },
    );

    it('counts POST /rpc and routes as requests', async () => {
      for (let round = 0; round < 2; round += 1) {
        expect((await postRpc(`${running.url}/rpc`, call('often'))).json).toMatchObject({ result: 4 });
      }
      const refused = await postRpc(`${running.url}/rpc`, call('often'));
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.json).toMatchObject({ error: { code: -32029 } });
      for (const path of ['/streams', '/getconnection/p', '/stats']) {
        const get = (): Promise<Response> => fetch(running.url + path);
        const before = [(await get()).status, (await get()).status];
        expect(before).not.toContain(429);
        expect((await get()).status).toBe(429);
      }
    });

    it('counts calls by method and address, and refuses with -32029', async () => {
      const first = await RpcSocket.open(`${running.wsUrl}/rpc`);
      // What a caller sends is not taken for the request.
      for (const ip of ['1.2.3.4', '1.2.3.5']) expect(await first.call('two', { ip })).toMatchObject({ result: 2 });
      expect(await first.call('two', { ip: '1.2.3.6' })).toMatchObject({ error: { code: -32029 } });
      const second = await RpcSocket.open(`${running.wsUrl}/rpc`);
      expect(await second.call('two')).toMatchObject({ error: { code: -32029 } });
      expect((await postRpc(`${running.url}/rpc`, call('two'))).json).toMatchObject({ error: { code: -32029 } });
      expect(await second.call('one')).toMatchObject({ result: 1 });
      expect(await second.call('rare')).toMatchObject({ result: 3 });
      expect(await second.call('rare')).toMatchObject({ error: { code: -32029 } });
      for (let round = 0; round < 5; round += 1) expect(await second.call('often')).toMatchObject({ result: 4 });
      await first.close();
      await second.close();
    });
  });

  it('leaves handlers of sources, notifications and consumers alone, under whatever names', async () => {
    for (const options of [[LIMIT], { throttlers: [{ name: 'short', ...LIMIT }, LIMIT], ignoreUserAgents: [/bot/] }]) {
      const places = await startBehind({ imports: [ThrottlerModule.forRoot(options)], providers: [GUARD] }, adapter);
      const { hub, seen } = places;
      await waitFor('the connection', () => sourceOf(places).isConnected);
      const sources = hub.app.get(ConnectorHub, { strict: false });
      for (let n = 0; n < 4; n += 1) {
        expect(await sources.query('s', {})).toEqual([{ row: 1 }]);
        await sources.publish('s', {});
        await sourceOf(places).notify({ n });
        await hub.app.get(StreamStore, { strict: false }).append('consumed', [Buffer.from(String(n))]);
      }
      const counts = (): number[] =>
        ['publish', 'notification', 'entry'].map(
          (kind) => seen.events.filter((event) => event.startsWith(kind)).length,
        );
      await waitFor('all of it', () => counts().every((count) => count === 4));
      const rpc = await RpcSocket.open(`${hub.wsUrl}/rpc`);
      for (let n = 0; n < 2; n += 1) expect(await rpc.call('echo', [n])).toMatchObject({ result: [n] });
      expect(await rpc.call('echo', [1])).toMatchObject({ error: { code: -32029 } });
      await rpc.close();
      await places.close();
    }
  });

  describe('beside the limit of logins', () => {
    const auth = (limit: number) =>
      AuthModule.forRoot({
        jwt: { secret: 'a secret of at least thirty-two bytes' },
        throttle: { ttl: 600_000, limit },
      });
    const login = async (url: string): Promise<[status: number, detail: string]> => {
      const response = await fetch(`${url}/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'username=a&password=wrong',
      });
      return [response.status, JSON.stringify(await response.json())];
    };

    it.each([
      [2, 100, 'login attempts'],
      [100, 2, 'Too Many Requests'],
    ])('each counts for itself: %d logins, %d requests', async (logins, limit, text) => {
      const running = await startApplication([hostOf([{ ttl: 600_000, limit }], { imports: [auth(logins)] })], {
        adapter,
      });
      for (let round = 0; round < 2; round += 1) expect((await login(running.url))[0]).toBe(401);
      const [status, detail] = await login(running.url);
      expect(status).toBe(429);
      expect(detail).toContain(text);
      // Other routes have counts of their own.
      expect((await fetch(`${running.url}/logout`, { method: 'POST' })).status).toBe(204);
      await running.close();
    });
  });
});
