import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { MillraceHealthIndicator } from '@millrace/core/health';
import { RpcClient } from '@millrace/client';
import { getRpcToken, InjectRpc, RpcClientModule, type RpcClientModuleOptions } from '@millrace/client/nest';
import { HTTP_ADAPTERS, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { freePort } from '../support/free-port.js';
import { startPeer, startTcpPeer, type Peer, type PeerMessage } from './peers.js';

interface Methods {
  double(params: [number]): number;
}

@Injectable()
class Doubler {
  constructor(
    @InjectRpc('one') readonly one: RpcClient<Methods>,
    @InjectRpc('two') readonly two: RpcClient<Methods>,
  ) {}
}

let peers: Peer[];
const double = ({ message, reply }: PeerMessage): void => reply(message.params[0] * 2);
beforeEach(async () => {
  peers = await Promise.all([startPeer(double), startPeer(double)]);
});
afterEach(() => Promise.all(peers.map((peer) => peer.close())));
const uri = (index: number): string => peers[index]?.uri ?? '';

describe('rpc#C19: clients as injectables', () => {
  it('rpc#C19: named clients connect lazily, each to its own server, and disconnect at shutdown', async () => {
    @Module({ providers: [Doubler], exports: [Doubler] })
    class Feature {}
    const running = await startApplication([
      RpcClientModule.forRoot({ maxAttempts: 3, clients: { one: { uri: uri(0) }, two: { uri: uri(1) } } }),
      Feature,
    ]);
    const { one, two } = running.app.get(Doubler, { strict: false });
    expect([one, two]).toEqual([expect.any(RpcClient), expect.any(RpcClient)]);
    expect(peers.map((peer) => peer.accepted())).toEqual([0, 0]);
    expect(await one.request('double', [4])).toBe(8);
    expect(peers.map((peer) => peer.accepted())).toEqual([1, 0]);
    expect(await two.task('double', [5]).result()).toBe(10);
    const waiting = expect(one.request('double', [1])).resolves.toBe(2);
    await waiting;
    await running.close();
    expect([one.connected, two.connected]).toEqual([false, false]);
    await waitFor('the sockets to go', () => peers.every((peer) => peer.open() === 0));
    await expect(one.request('double', [4])).rejects.toMatchObject({ name: 'ConnectionClosedError' });
  });

  it('rpc#C19: with connect: start the connection is there before the first call', async () => {
    const running = await startApplication([RpcClientModule.forRoot({ uri: uri(0), connect: 'start' })]);
    const client = running.app.get<RpcClient>(getRpcToken());
    expect([client.connected, peers[0]?.accepted()]).toEqual([true, 1]);
    await running.close();
    expect(client.connected).toBe(false);
  });

  it('rpc#C19: with connect: start an unreachable server fails the start', async () => {
    const starting = startApplication([
      RpcClientModule.forRoot({ uri: `127.0.0.1:${await freePort()}`, connect: 'start' }),
    ]);
    await expect(starting).rejects.toMatchObject({ name: 'ConnectionRefusedError' });
  });

  it('rpc#C5: shutdown ends attempts that are running', async () => {
    const silent = await startTcpPeer((socket) => socket.resume());
    peers.push(silent);
    const running = await startApplication([RpcClientModule.forRoot({ uri: silent.uri, maxAttempts: null })]);
    const call = expect(running.app.get<RpcClient>(getRpcToken()).request('m')).rejects.toMatchObject({
      name: 'ConnectionClosedError',
    });
    await waitFor('the attempt', () => silent.open() === 1);
    await running.close();
    await call;
    await waitFor('the socket to go', () => silent.open() === 0);
  });

  it('rpc#C19: forRootAsync with forFeature and forFeatureAsync; a name is one client in all modules', async () => {
    class Addresses {
      readonly two = uri(1);
    }
    @Module({ providers: [Addresses], exports: [Addresses] })
    class AddressModule {}
    const seen: RpcClient[] = [];
    @Injectable()
    class User {
      constructor(@InjectRpc('one') one: RpcClient, @InjectRpc('two') two: RpcClient) {
        seen.push(one, two);
      }
    }
    const features = (): Parameters<typeof startApplication>[0] => [
      RpcClientModule.forFeature('one'),
      RpcClientModule.forFeatureAsync({
        name: 'two',
        imports: [AddressModule],
        inject: [Addresses],
        useFactory: (addresses: Addresses) => ({ uri: addresses.two }),
      }),
    ];
    @Module({ imports: features(), providers: [User] })
    class First {}
    @Module({ imports: features(), providers: [User] })
    class Second {}
    const running = await startApplication([
      RpcClientModule.forRootAsync({ useFactory: async () => ({ clients: { one: { uri: uri(0) } } }) }),
      First,
      Second,
    ]);
    const [one, two, ...again] = seen;
    expect([again[0] === one, again[1] === two]).toEqual([true, true]);
    expect([await one?.request('double', [1]), await two?.request('double', [2])]).toEqual([2, 4]);
    await running.close();
  });

  it('rpc#C19: two applications in one process do not share clients', async () => {
    const start = (): ReturnType<typeof startApplication> =>
      startApplication([RpcClientModule.forRoot({ uri: uri(0) })]);
    const [first, second] = await Promise.all([start(), start()]);
    const clients = [first, second].map(({ app }) => app.get<RpcClient>(getRpcToken()));
    await Promise.all(clients.map((client) => client.request('double', [1])));
    await first.close();
    expect(clients.map((client) => client.connected)).toEqual([false, true]);
    await second.close();
  });

  const wrong: [string, RpcClientModuleOptions, string][] = [
    ['no uri', { clients: { one: {} } }, 'clients.one.uri'],
    ['a bad number', { uri: 'localhost:1', maxAttempts: 0 }, 'clients.default.maxAttempts'],
    ['a contradiction', { clients: { one: { uri: 'wss://localhost:1' } } }, 'clients.one.uri'],
    ['an unknown way', { uri: 'localhost:1', connect: 'soon' as never }, 'clients.default.connect'],
  ];
  it.each(wrong)('rpc#C4: %s stops the start and names the option', async (_what, options, option) => {
    await expect(startApplication([RpcClientModule.forRoot(options)])).rejects.toThrow(
      `RpcClientModule: option "${option}"`,
    );
  });

  it('stops the start when a name is unknown, defined twice, or forRoot is missing', async () => {
    const root = RpcClientModule.forRoot({ clients: { one: { uri: uri(0) } } });
    await expect(startApplication([root, RpcClientModule.forFeature('none')])).rejects.toThrow('defined nowhere');
    const other = RpcClientModule.forFeature({ name: 'one', uri: uri(1) });
    await expect(startApplication([root, other])).rejects.toThrow('defined twice');
    await expect(startApplication([RpcClientModule.forFeature('one')])).rejects.toThrow('forRoot');
  });
});

describe.each(HTTP_ADAPTERS)('rpc#C19: health on %s', (adapter) => {
  @Controller()
  class HealthController {
    constructor(
      private readonly health: HealthCheckService,
      private readonly millrace: MillraceHealthIndicator,
    ) {}

    @Get('health')
    @HealthCheck()
    check(): unknown {
      return this.health.check([() => this.millrace.check('rpc-client:one')]);
    }
  }

  it('rpc#C19: reports up while the server is reachable and down otherwise', async () => {
    @Module({
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [MillraceHealthIndicator],
    })
    class HealthModule {}
    // On a port that nobody is given who asks for any.
    const peer = await startPeer(double, { port: await freePort() });
    peers.push(peer);
    const running = await startApplication(
      [RpcClientModule.forRoot({ clients: { one: { uri: peer.uri } } }), HealthModule],
      { adapter },
    );
    const up = await fetch(`${running.url}/health`);
    expect([up.status, await up.json()]).toMatchObject([
      200,
      { status: 'ok', details: { 'rpc-client:one': { status: 'up' } } },
    ]);
    await peer.close();
    await waitFor('the loss to be noticed', async () => (await fetch(`${running.url}/health`)).status === 503);
    const down = await fetch(`${running.url}/health`);
    expect(await down.json()).toMatchObject({
      status: 'error',
      details: { 'rpc-client:one': { status: 'down', message: expect.stringContaining('ECONNREFUSED') } },
    });
    await running.close();
  });
});
