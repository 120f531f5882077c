import { Controller, Get, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { RpcMethod, RpcModule, type RpcModuleOptions } from '@millrace/rpc';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { Playground, PlaygroundModule } from './support/playground.js';
import { RpcSocket } from './support/rpc-socket.js';

function start(providers: Type[], options: RpcModuleOptions = {}): Promise<RunningApplication> {
  @Module({ providers })
  class HostModule {}
  return startApplication([RpcModule.forRoot(options), HostModule]);
}

describe('Start', () => {
  it('rpc#S45: two methods of one name stop the application, with both places named', async () => {
    @Injectable()
    class First {
      @RpcMethod('twice') one(): void {}
    }
    @Injectable()
    class Second {
      @RpcMethod('twice') two(): void {}
    }
    await expect(start([First, Second])).rejects.toThrow(
      'Two RPC methods are named "twice", one of First and one of Second; rename one',
    );
  });

  it('rpc#S45: a built-in name is taken as well', async () => {
    @Injectable()
    class Impostor {
      @RpcMethod('registry') registry(): void {}
    }
    await expect(start([Impostor])).rejects.toThrow('"registry"');
  });

  it('rpc#S45: an empty name stops the application', async () => {
    @Injectable()
    class Nameless {
      @RpcMethod('') nameless(): void {}
    }
    await expect(start([Nameless])).rejects.toThrow('An RPC method of Nameless has an empty name');
  });

  it.each([Scope.REQUEST, Scope.TRANSIENT])('a provider of scope %s stops the application', async (scope) => {
    @Injectable({ scope })
    class Scoped {
      @RpcMethod('scoped') scoped(): void {}
    }
    await expect(start([Scoped])).rejects.toThrow('"scoped" (Scoped.scoped) belongs to a request-scoped or transient');
  });

  it('a bad option is named', async () => {
    await expect(start([], { maxBatch: 0 })).rejects.toThrow('RpcModule: option "maxBatch"');
    await expect(start([], { paths: ['rpc'] })).rejects.toThrow('RpcModule: option "paths.0"');
    await expect(start([], { path: '/rpc' } as RpcModuleOptions)).rejects.toThrow('"path" is not known');
  });

  it('takes methods of controllers and inherited ones', async () => {
    class Base {
      @RpcMethod('inherited') inherited(): string {
        return this.constructor.name;
      }
    }
    @Controller()
    class Both extends Base {
      @Get('both')
      @RpcMethod('both')
      both(): string {
        return 'both';
      }
    }
    @Module({ controllers: [Both] })
    class HostModule {}
    const running = await startApplication([RpcModule.forRootAsync({ useFactory: () => ({}) }), HostModule]);
    const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    expect((await socket.call('both'))['result']).toBe('both');
    expect((await socket.call('inherited'))['result']).toBe('Both');
    expect(await (await fetch(`${running.url}/both`)).text()).toBe('both');
    await running.close();
  });

  it('two applications in one process do not meet', async () => {
    @Injectable()
    class Mine {
      @RpcMethod('mine') mine(): void {}
    }
    const [one, two] = [await start([Mine]), await start([])];
    const socket = await RpcSocket.open(`${two.wsUrl}/rpc`);
    expect(await socket.call('mine')).toMatchObject({ error: { code: -32601 } });
    await Promise.all([one.close(), two.close()]);
  });

  it('quit is there only when allowed; it answers null, then the application closes', async () => {
    const without = await start([]);
    const socket = await RpcSocket.open(`${without.wsUrl}/rpc`);
    expect(await socket.call('quit')).toMatchObject({ error: { code: -32601 } });
    await without.close();
    const running: RunningApplication = await start([], { onQuit: () => running.close() });
    const client = await RpcSocket.open(`${running.wsUrl}/rpc`);
    expect(await client.call('quit', undefined, 1)).toEqual({ jsonrpc: '2.0', id: 1, result: null });
    expect((await client.client.closed).code).toBe(1012);
    await running.close();
  });

  it('rpc§1.3: who said quit has its answer, then finds its connection closed, though the shutdown takes its time', async () => {
    let quits = 0;
    let quitAt = 0;
    const onQuit = (): void => {
      quits += 1;
      quitAt = performance.now();
    };
    const running = await startApplication([RpcModule.forRoot({ onQuit }), PlaygroundModule]);
    const [client, other] = [
      await RpcSocket.open(`${running.wsUrl}/rpc`),
      await RpcSocket.open(`${running.wsUrl}/rpc`),
    ];
    const asked = performance.now();
    expect(await client.call('quit', undefined, 1)).toEqual({ jsonrpc: '2.0', id: 1, result: null });
    client.send({ jsonrpc: '2.0', id: 2, method: 'subtract', params: [3, 1] });
    expect((await client.client.closed).code).toBe(1012);
    const closedAt = performance.now();
    expect(client.client.frames).toHaveLength(1);
    await waitFor('the end', () => quits === 1);
    // The reference client loses what it has not looked at when the connection closes: it has a quarter of a second to look.
    expect(Math.min(closedAt, quitAt) - asked).toBeGreaterThan(200);
    expect(await other.call('subtract', [3, 1], 2)).toMatchObject({ result: 2 });

    // What the client asked for before is answered; what it asks for afterwards is not.
    other.send({ jsonrpc: '2.0', id: 3, method: 'patient' });
    expect(await other.call('quit', undefined, 4)).toMatchObject({ id: 4, result: null });
    await waitFor('the end', () => quits === 2);
    other.send({ jsonrpc: '2.0', id: 5, method: 'subtract', params: [3, 1] });
    await running.app.get(Playground, { strict: false }).letGo(1);
    expect(await other.next()).toMatchObject({ id: 3, result: 'waited' });
    expect((await other.client.closed).code).toBe(1012);
    expect(other.client.frames).toHaveLength(3);
    await running.close();
  });
});
