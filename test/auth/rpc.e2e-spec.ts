import { Injectable, Module } from '@nestjs/common';
import { AuthModule, type AuthOptions, CurrentPrincipal, TokenService } from '@millrace/auth';
import type { Principal } from '@millrace/core';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { SECRET } from './support/places.js';

@Injectable()
class Methods {
  @RpcMethod('who')
  who(@CurrentPrincipal() principal: Principal | undefined): string {
    return principal?.subject ?? 'nobody';
  }
}

@Module({ providers: [Methods] })
class MethodsModule {}

describe.each(HTTP_ADAPTERS)('JSON-RPC behind tokens on %s', (adapter) => {
  let running: RunningApplication | undefined;
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });
  const start = async (options: AuthOptions): Promise<RunningApplication> => {
    const auth = AuthModule.forRoot({ jwt: { secret: SECRET }, ...options });
    running = await startApplication([auth, RpcModule.forRoot({}), MethodsModule], { adapter });
    return running;
  };
  const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'who' });
  const headersFor = ({ app }: RunningApplication, ...scopes: string[]): { headers: Record<string, string> } => {
    const { token } = app.get(TokenService).issue({ name: 'alice', scopes });
    return { headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } };
  };
  const post = ({ url }: RunningApplication, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}/rpc`, { method: 'POST', body: call, headers: { 'Content-Type': 'application/json' }, ...init });
  const ask = async ({ wsUrl }: RunningApplication, init: { headers?: Record<string, string> }): Promise<unknown> => {
    const client = await SocketClient.open(`${wsUrl}/rpc`, init);
    client.send(call);
    const answer: unknown = JSON.parse(await client.nextText());
    await client.close();
    return answer;
  };

  it('is refused without a token, and hands the principal to the method with one', async () => {
    const app = await start({});
    expect((await post(app)).status).toBe(401);
    expect((await refusedHandshake(`${app.wsUrl}/rpc`)).status).toBe(401);
    const good = headersFor(app, 'rpc:call:who');
    expect(await (await post(app, good)).json()).toMatchObject({ result: 'alice' });
    expect(await ask(app, good)).toMatchObject({ result: 'alice' });
  });

  it('asks for the scope of the method', async () => {
    const app = await start({});
    const other = headersFor(app, 'rpc:call:other');
    expect(await (await post(app, other)).json()).toMatchObject({ error: { code: -32003 } });
    expect(await ask(app, other)).toMatchObject({ error: { code: -32003 } });
  });

  it('is open to everybody as a public area', async () => {
    const app = await start({ publicAreas: ['rpc'] });
    expect(await (await post(app)).json()).toMatchObject({ result: 'nobody' });
    expect(await ask(app, {})).toMatchObject({ result: 'nobody' });
  });
});
