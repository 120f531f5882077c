import {
  type CanActivate,
  type INestApplication,
  Module,
  type Provider,
  Scope,
  type Type,
  UseFilters,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { postRpc } from '../rpc/support/rpc-http.js';
import { guardOf, type GuardScope, Ledger, PerRequest, SCOPES } from './support/scoped-guards.js';
import { HOST_KINDS, type HostKind, hostOf, type HostOptions } from './support/scoped-hosts.js';

const SHORT: readonly GuardScope[] = ['request', 'transient', 'durable', 'injecting'];
const LASTING: readonly GuardScope[] = ['default', 'transient'];
const PER_REQUEST = SCOPES.filter((scope) => !LASTING.includes(scope));

/** An application with a class; one that is refused leaves nothing behind. */
async function start(
  kind: HostKind,
  providers: Provider[],
  adapter: 'express' | 'fastify',
): Promise<RunningApplication> {
  @Module({ imports: kind.imports(), providers: [PerRequest, ...providers] })
  class HostModule {}
  let refused: INestApplication | undefined;
  try {
    return await startApplication([HostModule], { adapter, prepare: (app) => void (refused = app) });
  } catch (error) {
    await refused?.close();
    throw error;
  }
}

const kindOf = (name: string): HostKind => HOST_KINDS.find((kind) => kind.name === name)!;
const KINDS = HOST_KINDS.map((kind) => kind.name);

describe.each(BOTH_HTTP_ADAPTERS)('A class that our modules look for on %s', (adapter) => {
  describe.each(KINDS)('%s', (name) => {
    const kind = kindOf(name);

    it.each(SHORT)('is refused at start by its name when its scope is %s', async (scope) => {
      await expect(start(kind, [hostOf(kind, { scope })], adapter)).rejects.toThrow('Harbour');
    });

    // Nest serves no gateways that a factory makes.
    if (name.startsWith('@WebSocketGateway')) return;

    it('is refused at start when a factory makes it for each request', async () => {
      const type = hostOf(kind);
      const provider: Provider = { provide: type, useFactory: () => new type() as object, scope: Scope.REQUEST };
      await expect(start(kind, [provider], adapter)).rejects.toThrow('Harbour');
    });
  });
});

describe.each(BOTH_HTTP_ADAPTERS)('A guard of a class or method on %s', (adapter) => {
  const places = (guard: Type<CanActivate>): [string, HostOptions][] => [
    ['class', { classGuard: guard }],
    ['method', { methodGuard: guard }],
  ];
  const guarded = KINDS.filter((name) => name !== '@StreamConsumer');

  describe.each(guarded)('before %s', (name) => {
    const kind = kindOf(name);

    it.each(PER_REQUEST)('is refused at start by its name when its scope is %s', async (scope) => {
      for (const [, options] of places(guardOf(scope, new Ledger()))) {
        await expect(start(kind, [hostOf(kind, options)], adapter)).rejects.toThrow('NightWatch');
      }
    });

    if (name.startsWith('@WebSocketGateway')) return;

    it('is refused at start by its name when Nest makes none, because a factory makes the class', async () => {
      for (const [, options] of places(guardOf('default', new Ledger()))) {
        const type = hostOf(kind, options);
        const made: Provider = { provide: 'HARBOUR', useFactory: () => new type() as object };
        await expect(start(kind, [made], adapter)).rejects.toThrow('NightWatch');
      }
    });
  });

  describe.each(LASTING)('of the scope %s', (scope) => {
    it.each(['class', 'method'])('is asked of a %s with methods', async (where) => {
      const kind = kindOf('@RpcMethod');
      const ledger = new Ledger();
      const options = new Map(places(guardOf(scope, ledger))).get(where);
      const running = await start(kind, [hostOf(kind, options)], adapter);
      try {
        const message = { jsonrpc: '2.0', id: 1, method: 'handle' };
        expect((await postRpc(`${running.url}/rpc`, message)).json).toMatchObject({ result: 'handled' });
        ledger.allows = () => false;
        expect((await postRpc(`${running.url}/rpc`, message)).json).toMatchObject({ error: { code: -32003 } });
        expect(ledger.asked).toMatchObject([{ constructed: true }, { constructed: true }]);
        expect(new Set(ledger.asked.map(({ instance }) => instance)).size).toBe(1);
      } finally {
        await running.close();
      }
    });

    it.each(['class', 'method'])('is asked of a %s with sockets', async (where) => {
      for (const kind of HOST_KINDS.filter(({ ofMethod }) => ofMethod.length === 0)) {
        const ledger = new Ledger();
        const options = new Map(places(guardOf(scope, ledger))).get(where);
        const running = await start(kind, [hostOf(kind, options)], adapter);
        try {
          await (await SocketClient.open(`${running.wsUrl}/host`)).close();
          ledger.allows = () => false;
          expect((await refusedHandshake(`${running.wsUrl}/host`)).status).toBe(403);
          expect(ledger.asked).toMatchObject([{ constructed: true }, { constructed: true }]);
        } finally {
          await running.close();
        }
      }
    });
  });
});

it('refuses a consumer with a guard, which nobody would ask', async () => {
  for (const guard of [guardOf('default', new Ledger()), new (guardOf('default', new Ledger()))()]) {
    for (const options of [{ classGuard: guard }, { methodGuard: guard }]) {
      const kind = kindOf('@StreamConsumer');
      await expect(start(kind, [hostOf(kind, options)], 'fastify')).rejects.toThrow('@UseGuards(NightWatch)');
    }
  }
});

describe.each(BOTH_HTTP_ADAPTERS)('What nobody would ask is refused at start by name on %s', (adapter) => {
  class HarbourFilter {
    catch(): void {}
  }
  class HarbourPipe {
    transform(value: unknown): unknown {
      return value;
    }
  }
  const decorators: [string, ClassDecorator & MethodDecorator][] = [
    ['@UseFilters(HarbourFilter)', UseFilters(HarbourFilter)],
    ['@UseFilters(HarbourFilter)', UseFilters(new HarbourFilter())],
    ['@UsePipes(HarbourPipe)', UsePipes(HarbourPipe)],
    ['@UsePipes(HarbourPipe)', UsePipes(new HarbourPipe())],
  ];

  it.each(['@SocketEndpoint', '@WebSocketGateway with handshake', '@StreamConsumer'])('of %s', async (name) => {
    const kind = kindOf(name);
    for (const [text, decorate] of decorators) {
      for (const options of [{ ofClass: decorate }, { ofMethod: decorate }]) {
        await expect(start(kind, [hostOf(kind, options)], adapter)).rejects.toThrow(text);
      }
    }
  });

  it('but what a gateway with messages declares for them is Nest’s to ask', async () => {
    @WebSocketGateway({ path: '/host' })
    @UsePipes({ transform: (value: unknown) => (value === 'raw' ? 'piped' : value) })
    class Talking {
      handshake(): void {}
      @SubscribeMessage('say') say(@MessageBody() data: string): object {
        return { event: 'said', data };
      }
    }
    const running = await start(kindOf('@WebSocketGateway with handshake'), [Talking], adapter);
    const socket = await SocketClient.open(`${running.wsUrl}/host`);
    socket.send(JSON.stringify({ event: 'say', data: 'raw' }));
    expect(JSON.parse(await socket.nextText())).toEqual({ event: 'said', data: 'piped' });
    await socket.close();
    await running.close();
  });
});

it('asks a guard that is given as an instance, also of a class that a factory makes', async () => {
  const ledger = new Ledger();
  const guard = guardOf('default', ledger);
  class Harbour {
    @RpcMethod('handle') @UseGuards(new guard()) handle(): string {
      return 'handled';
    }
  }
  @Module({ imports: [RpcModule.forRoot()], providers: [{ provide: 'HARBOUR', useFactory: () => new Harbour() }] })
  class HostModule {}
  const running = await startApplication([HostModule]);
  ledger.allows = () => false;
  const { json } = await postRpc(`${running.url}/rpc`, { jsonrpc: '2.0', id: 1, method: 'handle' });
  expect(json).toMatchObject({ error: { code: -32003 } });
  await running.close();
});
