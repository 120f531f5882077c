import { type ExecutionContext, Injectable, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';

@Injectable()
class Methods {
  @RpcMethod('one')
  one(): number {
    return 1;
  }
}

@WebSocketGateway({ path: '/gateway' })
class Gateway {
  handshake(): void {}
}

/** As the README tells hosts. */
const hasRequest = (context: ExecutionContext): boolean =>
  context.getArgByIndex<{ headers?: object } | undefined>(0)?.headers !== undefined;

@Module({
  imports: [
    ThrottlerModule.forRoot({
      throttlers: [{ ttl: 600_000, limit: 2 }],
      skipIf: (context) => !hasRequest(context),
    }),
  ],
  providers: [Methods, Gateway, { provide: APP_GUARD, useClass: ThrottlerGuard }],
})
class HostModule {}

const CALL = '{"jsonrpc":"2.0","id":1,"method":"one"}';

describe.each(BOTH_HTTP_ADAPTERS)('A ThrottlerGuard before everything on %s', (adapter) => {
  let running: RunningApplication;
  beforeEach(async () => {
    const imports = [StreamStoreModule.forRoot({ store: memoryStore() }), RpcModule.forRoot(), HostModule];
    running = await startApplication(imports, { adapter });
  });
  afterEach(() => running.close());

  it.each(['/data/s/push', '/rpc', '/gateway'])(
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

  it('counts POST /rpc and routes as requests, and leaves the calls of a socket alone', async () => {
    const post = (): Promise<Response> =>
      fetch(`${running.url}/rpc`, { method: 'POST', body: CALL, headers: { 'Content-Type': 'application/json' } });
    for (let round = 0; round < 2; round += 1) expect(await (await post()).json()).toMatchObject({ result: 1 });
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { message: expect.any(String) } });
    const socket = await SocketClient.open(`${running.wsUrl}/rpc`);
    for (let round = 0; round < 5; round += 1) {
      socket.ws.send(CALL);
      expect(JSON.parse(await socket.nextText())).toMatchObject({ result: 1 });
    }
    await socket.close();
    for (const status of [200, 200, 429]) expect((await fetch(`${running.url}/streams`)).status).toBe(status);
  });
});
