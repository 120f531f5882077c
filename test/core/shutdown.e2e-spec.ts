import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import {
  type BeforeApplicationShutdown,
  Controller,
  Get,
  Injectable,
  type LoggerService,
  Module,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, developmentUsers } from '@millrace/auth';
import { ConnectivityModule, ConnectivityService, memoryRegistry } from '@millrace/connectivity';
import { ConnectorHubModule } from '@millrace/connector';
import { MillraceWsAdapter, type SocketConnection, SocketEndpoint, type SocketHandler } from '@millrace/core';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, OnEntry, StreamConsumer, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { io } from 'socket.io-client';
import { loadOf } from '../rpc/support/load.js';
import { Playground, PlaygroundModule } from '../rpc/support/playground.js';
import { postRpc } from '../rpc/support/rpc-http.js';
import { BOTH_HTTP_ADAPTERS, closeInTime, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

const v = { jsonrpc: '2.0' };
const never = (): Promise<never> => new Promise(() => undefined);

/** A handshake whose check does not end, and a socket on which something is always under way. */
@SocketEndpoint({ path: '/hung/:what' })
@Injectable()
class Hung implements SocketHandler {
  checks = 0;

  async handshake({ params }: { params: Record<string, string> }): Promise<void> {
    if (params['what'] !== 'check') return;
    this.checks += 1;
    await never();
  }

  handleConnection(_connection: SocketConnection): void {}

  drain = never;
}

@WebSocketGateway({ path: '/gateway', adapter: 'millrace' } as never)
class Gateway {
  @SubscribeMessage('a')
  a(): void {}
}

@WebSocketGateway({ path: '/foreign' })
class ForeignGateway {
  @SubscribeMessage('a')
  a(): string {
    return 'a';
  }
}

@Controller()
class Routes {
  started = 0;

  @Get('hung')
  hung(): Promise<never> {
    this.started += 1;
    return never();
  }

  @Get('large')
  large(): string {
    return 'x'.repeat(64 * 1024 * 1024);
  }
}

@Module({ providers: [Hung, Gateway, ForeignGateway], controllers: [Routes] })
class HostModule {}

/** An answer whose text is read as it comes. */
function open(url: string, headers: Record<string, string> = {}) {
  const state = { text: '', complete: false };
  get(url, { headers }, (response: IncomingMessage) => {
    response.on('data', (chunk: Buffer) => (state.text += chunk.toString('latin1')));
    response.on('end', () => (state.complete = response.complete));
    response.on('error', () => undefined);
  }).on('error', () => undefined);
  return state;
}

function rawSocket(url: string, text: string): { socket: Socket; state: { text: string; closed: boolean } } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const state = { text: '', closed: false };
  socket.on('error', () => undefined).on('close', () => (state.closed = true));
  socket.write(text);
  return { socket, state };
}

/** The next message that is no progress. */
async function nextAnswer(client: SocketClient): Promise<object> {
  for (;;) {
    const message = JSON.parse(await client.nextText()) as object;
    if ('id' in message) return message;
  }
}

class Warnings implements LoggerService {
  readonly lines: string[] = [];
  warn(line: unknown, context: unknown): void {
    if (context === 'Shutdown') this.lines.push(String(line));
  }
  log(): void {}
  error(): void {}
}

describe.each(BOTH_HTTP_ADAPTERS)('A shutdown on %s', (adapter) => {
  const imports = () => [
    RpcModule.forRoot({ paths: ['/rpc'] }),
    PlaygroundModule,
    StreamStoreModule.forRoot({ store: memoryStore() }),
    ConnectivityModule.forRoot(),
    ConnectorHubModule.forRoot({ public: true }),
    HostModule,
  ];
  /** Longer than any test: nothing of it ends by the deadline. */
  const patient = (app: RunningApplication['app']): void => {
    app.useWebSocketAdapter(new MillraceWsAdapter(app, { shutdownTimeout: '1h', fallback: new IoAdapter(app) }));
    app.getHttpServer().keepAliveTimeout = 3_600_000;
  };

  it('tells everybody at once, while calls still run, and delivers their answers', async () => {
    const running = await startApplication(imports(), { adapter, sockets: false, prepare: patient });
    const { app, url, wsUrl } = running;
    const playground = app.get(Playground);
    await app.get(StreamStore).append('film', [Buffer.from('1')]);
    const [rpc, pull, push, watch, gateway, hub, busy] = await Promise.all(
      [
        '/rpc',
        '/data/film/pull',
        '/data/film/push',
        '/connections/p/watch',
        '/gateway',
        '/api/v1/wsock/websocket',
        '/rpc',
      ].map((path) => SocketClient.open(`${wsUrl}${path}`)),
    );
    const foreign = io(url, { path: '/foreign', transports: ['websocket'], reconnection: false });
    await new Promise<void>((resolve) => foreign.once('connect', resolve));
    const lost = new Promise<{ reason: string; code: unknown }>((resolve) =>
      foreign.once('disconnect', (reason, details) =>
        resolve({ reason, code: (details as { context?: { code?: number } } | undefined)?.context?.code }),
      ),
    );
    const check = refusedHandshake(`${wsUrl}/hung/check`);
    const events = open(`${url}/data/film`, { accept: 'text/event-stream' });
    const pictures = open(`${url}/mjpeg/film`);
    const watched = open(`${url}/connections/p/watch`, { accept: 'text/event-stream' });
    busy!.send(JSON.stringify({ ...v, id: 1, method: 'patient' }));
    busy!.send(JSON.stringify({ ...v, id: 2, method: 'stubborn' }));
    const posts = [
      { ...v, id: 3, method: 'patient' },
      { ...v, id: 4, method: 'slow', params: { steps: 100 } },
    ].map((message) => postRpc(`${url}/rpc`, message));
    await waitFor('all calls', async () => (await loadOf(app)).calls === 4);
    await waitFor('all answers', () => events.text !== '' && pictures.text !== '' && watched.text !== '');
    await waitFor('the check of the handshake', () => app.get(Hung).checks === 1);
    const waiting = app.get(ConnectivityService).waitFor('p', { pattern: 'nobody' }, 1, '1h');
    const reason = waiting.catch((error: unknown) => error);

    let ended = false;
    const closing = running.close().then(() => (ended = true));
    const ends = await Promise.all(
      [rpc, pull, push, watch, gateway, hub].map(async (client) => (await client!.closed).code),
    );
    expect(ends).toEqual([1012, 1012, 1012, 1012, 1012, 1012]);
    expect(await lost).toEqual({ reason: 'transport close', code: 1012 });
    expect(await check).toMatchObject({ status: 503 });
    expect(await reason).toMatchObject({ code: 'GOING_AWAY' });
    await waitFor('the ends of the answers', () => events.complete && pictures.complete && watched.complete);
    expect((await posts[1])?.json).toMatchObject({ id: 4, result: 'done' });
    // Calls that run are waited for, and new ones are handed back.
    busy!.send(JSON.stringify({ ...v, id: 5, method: 'get_data' }));
    expect(await nextAnswer(busy!)).toMatchObject({ id: 5, error: { code: -32053, data: { begun: false } } });
    expect((await refusedHandshake(`${wsUrl}/rpc`)).status).toBe(503);
    expect(ended).toBe(false);
    await playground.letGo(3);
    expect(await nextAnswer(busy!)).toMatchObject({ id: 1, result: 'waited' });
    expect(await nextAnswer(busy!)).toMatchObject({ id: 2, result: 'kept on' });
    expect(playground.aborted).toEqual([]);
    expect((await busy!.closed).code).toBe(1012);
    expect((await posts[0])?.json).toMatchObject({ id: 3, result: 'waited' });
    await closing;
  });

  it('has one deadline for all that hangs, and says once who it was', async () => {
    @StreamConsumer('film', { group: 'g', after: '0' })
    class Consumer {
      started = 0;

      @OnEntry()
      async work(): Promise<void> {
        this.started += 1;
        await never();
      }
    }
    const logger = new Warnings();
    const running = await startApplication([...imports(), { module: class Consumers {}, providers: [Consumer] }], {
      adapter,
      logger,
      sockets: { shutdownTimeout: 2000 },
    });
    const { app, url, wsUrl } = running;
    app.getHttpServer().keepAliveTimeout = 3_600_000;
    jest.spyOn(app.get(StreamStore), 'close').mockImplementation(never);
    await app.get(StreamStore).append('film', [Buffer.from('1')]);
    const [call, socket] = [await SocketClient.open(`${wsUrl}/rpc`), await SocketClient.open(`${wsUrl}/hung/socket`)];
    call.send(JSON.stringify({ ...v, id: 1, method: 'patient' }));
    const post = postRpc(`${url}/rpc`, { ...v, id: 2, method: 'patient' });
    const routes = app.get(Routes);
    const request = open(`${url}/hung`);
    const half = rawSocket(
      url,
      'POST /rpc HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    const slow = rawSocket(url, 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => slow.socket.once('readable', resolve));
    // Its close frame cannot leave.
    const mute = await SocketClient.open(`${wsUrl}/rpc`);
    mute.ws.pause();
    for (let id = 0; id < 40; id += 1)
      mute.send(JSON.stringify({ ...v, id, method: 'echo', params: ['x'.repeat(512 * 1024)] }));
    await waitFor('the calls', async () => (await loadOf(app)).calls === 2 && routes.started === 1);
    await waitFor('the entry', () => app.get(Consumer).started === 1);
    await closeInTime(running);
    // Answered at the deadline, and told goodbye.
    expect(JSON.parse(await call.nextText())).toMatchObject({ id: 1, error: { code: -32053, data: { begun: true } } });
    expect((await call.closed).code).toBe(1012);
    expect((await post).json).toMatchObject({ id: 2, error: { code: -32053 } });
    expect((await socket.closed).code).toBe(1012);
    await waitFor('the end of the connections', () => half.state.closed);
    expect(request).toEqual({ text: '', complete: false });
    expect(logger.lines).toEqual([
      'Still busy after 2000 ms, and cut now: sockets, calls by HTTP, consumers of streams',
      'Cut requests that took too long: 3',
      expect.stringMatching(/^stream store: Not closed within \d+ ms$/),
    ]);
    slow.socket.destroy();
    mute.ws.terminate();
  });

  it('gives up each store of the host that does not close, or cannot, and names it', async () => {
    const failing = (): never => {
      throw new Error('It is closed already');
    };
    const keys = { find: async () => undefined, list: async () => [], add: never, revoke: never, touch: never };
    const stores = [
      StreamStoreModule.forRoot({
        store: { create: async (given) => Object.assign(await memoryStore().create(given), { close: never }) },
      }),
      ConnectivityModule.forRoot({
        registry: { create: async (given) => Object.assign(await memoryRegistry().create(given), { close: never }) },
      }),
      AuthModule.forRoot({
        jwt: { secret: 'x'.repeat(40) },
        users: developmentUsers(),
        apiKeys: { store: { ...keys, close: never } },
        revocations: { store: { list: async () => [], add: never, close: failing } },
      }),
    ];
    const logger = new Warnings();
    const running = await startApplication(stores, { adapter, logger, sockets: { shutdownTimeout: '1s' } });
    await closeInTime(running);
    const notClosed = (name: string): unknown =>
      expect.stringMatching(new RegExp(`^${name}: Not closed within \\d+ ms$`));
    expect(logger.lines.sort()).toEqual([
      notClosed('registry'),
      notClosed('store of API keys'),
      'store of revoked tokens: It is closed already',
      notClosed('stream store'),
    ]);
  });

  it('leaves the services to the hooks of the host', async () => {
    const done: string[] = [];
    @Injectable()
    class HostHooks implements OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
      constructor(
        private readonly store: StreamStore,
        private readonly connectivity: ConnectivityService,
      ) {}

      private async work(hook: string): Promise<void> {
        await this.store.append('hooks', [Buffer.from(hook)]);
        await this.connectivity.publish('hooks', [{ uid: hook, uri: 'tcp://a:1', dataType: 'a' }]);
        const found = await this.connectivity.waitFor('hooks', { pattern: hook }, 1, '1h');
        done.push(...found.map(({ uid }) => uid));
      }
      onModuleDestroy = (): Promise<void> => this.work('first');
      beforeApplicationShutdown = (): Promise<void> => this.work('second');
      onApplicationShutdown = (): Promise<void> => this.work('third');
    }
    const host = { module: class Host {}, imports: imports(), providers: [HostHooks] };
    const running = await startApplication([host], { adapter });
    await closeInTime(running);
    expect(done).toEqual(['first', 'second', 'third']);
  });
});
