import { createServer } from 'node:http';
import { connect } from 'node:net';
import { type CanActivate, Injectable, Module, UseGuards } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  MillraceSocketsModule,
  type SocketConnection,
  SocketEndpoint,
  type SocketHandler,
  SocketRegistry,
  type UpgradeRequest,
} from '@millrace/core';
import { io } from 'socket.io-client';
import { WebSocketServer } from 'ws';
import { BOTH_HTTP_ADAPTERS, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

@SocketEndpoint({ path: '/ours/:name' })
@Injectable()
class Ours implements SocketHandler<string> {
  drained = 0;

  async handshake(request: UpgradeRequest): Promise<string> {
    if (request.query.has('slow')) await new Promise(() => undefined);
    return request.params['name'] ?? '';
  }

  handleConnection(connection: SocketConnection<string>): void {
    connection.onMessage((data) => connection.ws.send(`${connection.state}: ${data.toString()}`));
  }

  async drain(connection: SocketConnection<string>): Promise<void> {
    this.drained += 1;
    connection.ws.send('last words');
  }
}

@Module({ imports: [MillraceSocketsModule], providers: [Ours] })
class OursModule {}

@WebSocketGateway({ path: '/json' })
class JsonGateway {
  @SubscribeMessage('double')
  double(@MessageBody() data: number): { event: string; data: number } {
    return { event: 'doubled', data: data * 2 };
  }
}

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@WebSocketGateway({ path: '/rooms/:room/chat' })
class RoomGateway {
  handshake(request: UpgradeRequest): void {
    if (request.params['room'] === 'full') throw new Error('no room');
  }

  async handleConnection(client: { send(text: string): void }, request: UpgradeRequest): Promise<void> {
    client.send(`in ${request.params['room']}`);
    await Promise.resolve();
    if (request.params['room'] === 'broken') throw new Error('would end the process');
  }
}

@UseGuards(NobodyGuard)
@WebSocketGateway({ path: '/guarded' })
class GuardedGateway {
  handshake(): void {
    // The guard never lets anybody come here.
  }
}

@Module({ imports: [MillraceSocketsModule], providers: [JsonGateway, RoomGateway, GuardedGateway] })
class HostModule {}

describe.each(BOTH_HTTP_ADAPTERS)('MillraceWsAdapter on %s', (adapter) => {
  it('serves the host’s gateways beside ours: envelopes, path parameters, guards at the handshake', async () => {
    const running = await startApplication([OursModule, HostModule], { adapter });
    const json = await SocketClient.open(`${running.wsUrl}/json`);
    json.send(JSON.stringify({ event: 'double', data: 4 }));
    expect(JSON.parse(await json.nextText())).toEqual({ event: 'doubled', data: 8 });
    const room = await SocketClient.open(`${running.wsUrl}/rooms/red/chat`);
    expect(await room.nextText()).toBe('in red');
    const ours = await SocketClient.open(`${running.wsUrl}/ours/x`);
    ours.send('hi');
    expect(await ours.nextText()).toBe('x: hi');
    expect((await refusedHandshake(`${running.wsUrl}/guarded`)).status).toBe(403);
    expect((await refusedHandshake(`${running.wsUrl}/rooms/full/chat`)).status).toBe(500);
    await running.close();
    for (const client of [json, room, ours]) expect((await client.closed).code).toBe(1012);
  });

  it('keeps an error in a gateway’s handleConnection from ending the process: 1011', async () => {
    const running = await startApplication([HostModule], { adapter });
    const client = await SocketClient.open(`${running.wsUrl}/rooms/broken/chat`);
    expect((await client.closed).code).toBe(1011);
    const other = await SocketClient.open(`${running.wsUrl}/rooms/red/chat`);
    expect(await other.nextText()).toBe('in red');
    await running.close();
  });

  it('leaves the upgrades of other listeners alone, also when they answer late', async () => {
    const foreign = new WebSocketServer({ noServer: true });
    const running = await startApplication([OursModule], {
      adapter,
      prepare: (app) => {
        app.getHttpServer().on('upgrade', (request: UpgradeRequest, socket: never, head: Buffer) => {
          if (!request.url?.startsWith('/foreign')) return;
          setTimeout(() => foreign.handleUpgrade(request, socket, head, (ws) => ws.send('late hello')), 50);
        });
      },
    });
    const client = await SocketClient.open(`${running.wsUrl}/foreign`);
    expect(await client.nextText()).toBe('late hello');
    await client.close();
    await running.close();
  });

  it('hands the host’s gateways to the fallback, socket.io', async () => {
    const running = await startApplication([OursModule, HostModule], {
      adapter,
      sockets: false,
      prepare: async (app) => {
        const { MillraceWsAdapter } = await import('@millrace/core');
        app.useWebSocketAdapter(new MillraceWsAdapter(app, { fallback: new IoAdapter(app) }));
      },
    });
    const socket = io(running.url, { path: '/json', transports: ['websocket'] });
    const answer = new Promise((resolve) => socket.once('doubled', resolve));
    socket.emit('double', 21);
    expect(await answer).toBe(42);
    socket.close();
    const ours = await SocketClient.open(`${running.wsUrl}/ours/x`);
    ours.send('hi');
    expect(await ours.nextText()).toBe('x: hi');
    await running.close();
    expect((await ours.closed).code).toBe(1012);
  });
});

it('keeps frames that come with the handshake, before it is answered', async () => {
  const running = await startApplication([OursModule]);
  const { port } = new URL(running.url);
  const socket = connect(Number(port), '127.0.0.1');
  // A masked text frame with the key 0: "early".
  const frame = Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from('early')]);
  const handshake =
    'GET /ours/x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
  socket.write(Buffer.concat([Buffer.from(handshake), frame]));
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  await waitFor('the answer to the early frame', () => received.includes('x: early'));
  expect(received).toMatch(/^HTTP\/1\.1 101 /);
  socket.destroy();
  await running.close();
});

it('answers 503 when guards and checks take too long, and when there are as many sockets as may be', async () => {
  const running = await startApplication([OursModule], { sockets: { handshakeTimeout: 1000, maxConnections: 1 } });
  expect((await refusedHandshake(`${running.wsUrl}/ours/x?slow`)).status).toBe(503);
  const first = await SocketClient.open(`${running.wsUrl}/ours/x`);
  expect((await refusedHandshake(`${running.wsUrl}/ours/x`)).status).toBe(503);
  await first.close();
  await waitFor('the place to be free', async () => {
    const client = await SocketClient.open(`${running.wsUrl}/ours/x`).catch(() => undefined);
    await client?.close();
    return client;
  });
  await running.close();
});

it('pings, keeps peers that answer, and drops one that is gone', async () => {
  const running = await startApplication([OursModule], { sockets: { pingInterval: 200, pingTimeout: 1000 } });
  const registry = running.app.get(SocketRegistry, { strict: false });
  const connections = (): number => registry.endpoints[0]?.connections.size ?? 0;
  const alive = await SocketClient.open(`${running.wsUrl}/ours/alive`);
  let pings = 0;
  alive.ws.on('ping', () => (pings += 1));
  const dead = await SocketClient.open(`${running.wsUrl}/ours/dead`);
  // It reads no more, so it sees no ping and answers none.
  dead.ws.pause();
  await waitFor('the dead peer to be dropped', () => connections() === 1);
  await waitFor('several pings', () => pings >= 3);
  expect(alive.ws.readyState).toBe(alive.ws.OPEN);
  // Paused, it would never notice its own end.
  dead.ws.terminate();
  await running.close();
});

it('keeps a peer whose answer to a ping waits to be read when the process has stood still for longer than a peer may', async () => {
  const running = await startApplication([OursModule], { sockets: { pingInterval: 500, pingTimeout: 500 } });
  const client = await SocketClient.open(`${running.wsUrl}/ours/x`);
  const [connection] = running.app.get(SocketRegistry, { strict: false }).endpoints[0]?.connections ?? [];
  const { ws } = connection as SocketConnection;
  const ping = ws.ping.bind(ws);
  let pings = 0;
  jest.spyOn(ws, 'ping').mockImplementation(() => {
    ping();
    pings += 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
  });
  await waitFor('some pings', () => pings > 3 || client.ws.readyState !== client.ws.OPEN);
  expect(client.ws.readyState).toBe(client.ws.OPEN);
  await client.close();
  await running.close();
});

it('finishes what is under way before it closes, and refuses newcomers meanwhile', async () => {
  const running = await startApplication([OursModule]);
  const client = await SocketClient.open(`${running.wsUrl}/ours/x`);
  await running.close();
  expect(await client.nextText()).toBe('last words');
  expect(running.app.get(Ours).drained).toBe(1);
});

it('serves its endpoints on a further server', async () => {
  const extra = createServer();
  const { MillraceWsAdapter } = await import('@millrace/core');
  const running = await startApplication([OursModule], {
    sockets: false,
    prepare: (app) => {
      const adapter = new MillraceWsAdapter(app);
      adapter.attach(extra);
      app.useWebSocketAdapter(adapter);
    },
  });
  await new Promise<void>((resolve) => extra.listen(0, '127.0.0.1', resolve));
  const { port } = extra.address() as { port: number };
  const client = await SocketClient.open(`ws://127.0.0.1:${port}/ours/extra`);
  client.send('hi');
  expect(await client.nextText()).toBe('extra: hi');
  await running.close();
  await new Promise((resolve) => extra.close(resolve));
});

it('two applications in one process do not meet', async () => {
  const [a, b] = await Promise.all([startApplication([OursModule]), startApplication([HostModule])]);
  expect((await refusedHandshake(`${b.wsUrl}/ours/x`)).status).toBe(404);
  await a.close();
  const client = await SocketClient.open(`${b.wsUrl}/rooms/red/chat`);
  expect(await client.nextText()).toBe('in red');
  await b.close();
});
