import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { AuthModule, developmentUsers } from '@millrace/auth';
import { Public, RequireScopes } from '@millrace/core';
import { RpcMethod, RpcModule, type RpcTask, Task } from '@millrace/rpc';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { postRpc } from './support/rpc-http.js';
import { RpcSocket } from './support/rpc-socket.js';

@Injectable()
class Methods {
  @RpcMethod('whoami')
  whoami(@Task() task: RpcTask): string | undefined {
    return task.principal?.subject;
  }

  @RpcMethod('anybody')
  @Public()
  anybody(): string {
    return 'anybody';
  }

  @RpcMethod('somebody')
  @RequireScopes('streams:read:camera')
  somebody(): string {
    return 'somebody';
  }
}

@Module({ providers: [Methods] })
class MethodsModule {}

const directory = mkdtempSync(join(tmpdir(), 'rpc-auth-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function start(adapter: 'express' | 'fastify', open: boolean): Promise<RunningApplication> {
  const auth = AuthModule.forRoot({
    jwt: { secret: 'x'.repeat(40) },
    dataDirectory: directory,
    users: developmentUsers(),
  });
  return startApplication([auth, RpcModule.forRoot({ public: open }), MethodsModule], { adapter });
}

describe.each(HTTP_ADAPTERS)('Beside AuthModule on %s', (adapter) => {
  const request = { jsonrpc: '2.0', id: 1, method: 'whoami' };

  it('is closed to those without a token, and knows who calls', async () => {
    const running = await start(adapter, false);
    expect((await refusedHandshake(`${running.wsUrl}/rpc`)).status).toBe(401);
    expect((await postRpc(`${running.url}/rpc`, request)).status).toBe(401);
    const login = await fetch(`${running.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'ada', password: 'ada' }),
    });
    const { access_token: token } = (await login.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    const socket = new RpcSocket(await SocketClient.open(`${running.wsUrl}/rpc`, { headers }));
    expect(await socket.call('whoami')).toMatchObject({ result: 'ada' });
    expect(await socket.call('somebody')).toMatchObject({ result: 'somebody' });
    expect((await socket.call('registry'))['result']).toContain('whoami');
    await socket.close();
    const post = await postRpc(`${running.url}/rpc`, request, { 'content-type': 'application/json', ...headers });
    expect(post.json.result).toBe('ada');
    await running.close();
  });

  it('rpc#S48: tells in the OpenRPC document which scopes a method takes', async () => {
    const running = await start(adapter, true);
    const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    const { result } = await socket.call('rpc.discover');
    const { methods } = result as { methods: { name: string; 'x-scopes': string[] }[] };
    const scopes = Object.fromEntries(methods.map((method) => [method.name, method['x-scopes']]));
    expect(scopes).toMatchObject({ whoami: ['rpc:call:whoami'], anybody: [], somebody: ['streams:read:camera'] });
    await socket.close();
    await running.close();
  });

  it('serves everybody with the option public', async () => {
    const running = await start(adapter, true);
    const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    expect(await socket.call('whoami')).toMatchObject({ result: null });
    expect(await socket.call('anybody')).toMatchObject({ result: 'anybody' });
    expect((await postRpc(`${running.url}/rpc`, request)).json.result).toBeNull();
    await socket.close();
    await running.close();
  });
});
