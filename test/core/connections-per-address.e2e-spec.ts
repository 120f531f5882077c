import { connect, type Socket } from 'node:net';
import { Injectable, Module } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import {
  ConnectionSecurity,
  MillraceError,
  MillraceSocketsModule,
  SocketEndpoint,
  type SocketHandler,
  type UpgradeRequest,
} from '@millrace/core';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

const LIMIT = 3;

@SocketEndpoint({ path: '/ours' })
@Injectable()
class Ours implements SocketHandler {
  /** Ends the handshakes that wait. */
  readonly waiting: ((error: Error) => void)[] = [];

  async handshake({ query }: UpgradeRequest): Promise<void> {
    if (query.has('refused')) throw new MillraceError('FORBIDDEN', 'No');
    if (!query.has('slow')) return;
    await new Promise((_resolve, reject) => this.waiting.push(reject));
  }

  handleConnection(): void {
    // It says nothing.
  }
}

@WebSocketGateway({ path: '/gateway' })
class Gateway {}

@Module({ imports: [MillraceSocketsModule], providers: [Ours, Gateway] })
class OursModule {}

describe.each(BOTH_HTTP_ADAPTERS)('Sockets of one address on %s', (adapter) => {
  let running: RunningApplication;
  beforeEach(async () => {
    running = await startApplication([OursModule], {
      adapter,
      sockets: { maxConnectionsPerAddress: LIMIT, handshakeTimeout: '1h' },
      // Connections from loopback speak for those that they name.
      prepare: (app) => app.get(ConnectionSecurity, { strict: false }).trustProxies((from) => from === '127.0.0.1'),
    });
  });
  afterEach(() => running.close());

  const open = (address: string, path = '/ours', forwarded = address): Promise<SocketClient> =>
    SocketClient.open(`${running.wsUrl}${path}`, { headers: { 'x-forwarded-for': forwarded } });
  const refused = (address: string, path = '/ours'): ReturnType<typeof refusedHandshake> =>
    refusedHandshake(`${running.wsUrl}${path}`, { headers: { 'x-forwarded-for': address } });
  const openSoon = (address: string): Promise<SocketClient> =>
    waitFor('a place', () => open(address).catch(() => undefined));
  const raw = async (path: string): Promise<{ socket: Socket; text: () => string; closed: () => boolean }> => {
    const { port } = new URL(running.url);
    // It keeps its half of the connection open.
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    let [text, closed] = ['', false];
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).on('error', () => undefined);
    socket.once('close', () => (closed = true));
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Forwarded-For: 192.0.2.1\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    return { socket, text: () => text, closed: () => closed };
  };

  it('are limited, those of gateways among them: 429 and Retry-After, and others are let in', async () => {
    const held = [await open('192.0.2.1'), await open('192.0.2.1', '/gateway'), await open('192.0.2.1')];
    for (const path of ['/ours', '/gateway']) {
      const answer = await refused('192.0.2.1', path);
      expect([answer.status, answer.headers['retry-after']]).toEqual([429, '10']);
      expect(JSON.parse(answer.body)).toEqual({ detail: expect.stringContaining('as many as it may') as string });
    }
    // What a client says of itself does not count, only what the proxy adds.
    expect((await refused('192.0.2.9, 192.0.2.1')).status).toBe(429);
    held.push(await open('192.0.2.2'));
    await held[0]?.close();
    held.push(await openSoon('192.0.2.1'));
    expect((await refused('192.0.2.1')).status).toBe(429);
    for (const client of held) client.ws.terminate();
  });

  it('are those of a network of IPv6', async () => {
    const held = await Promise.all(['2001:db8::1', '2001:db8::2:1', '2001:db8:0:0:ffff::1'].map((one) => open(one)));
    expect((await refused('2001:db8::abcd')).status).toBe(429);
    held.push(await open('2001:db8:0:1::1'));
    for (const client of held) client.ws.terminate();
  });

  it('count from the beginning of the handshake, and no longer once it has failed', async () => {
    const ours = running.app.get(Ours, { strict: false });
    for (let round = 0; round < 2 * LIMIT; round += 1) {
      const answer = await waitFor('a place', async () => {
        const { status } = await refused('192.0.2.1', '/ours?refused');
        return status === 429 ? undefined : status;
      });
      expect(answer).toBe(403);
    }
    const last = await openSoon('192.0.2.1');
    await last.close();
    const slow: ReturnType<typeof refused>[] = [];
    // Places of before are free a moment after their clients have heard of it.
    while (slow.length < LIMIT) {
      let over = false;
      const answer = refused('192.0.2.1', '/ours?slow').finally(() => (over = true));
      await waitFor('its handshake', () => over || ours.waiting.length > slow.length);
      if (!over) slow.push(answer);
    }
    expect((await refused('192.0.2.1')).status).toBe(429);
    for (const fail of ours.waiting) fail(new MillraceError('FORBIDDEN', 'No'));
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([403, 403, 403]);
    await (await openSoon('192.0.2.1')).close();
  });

  it.each([
    ['ends its half', (socket: Socket) => socket.end()],
    ['closes', (socket: Socket) => socket.destroy()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ])('are given back when a client %s while the guards are at work', async (_how, leave) => {
    const ours = running.app.get(Ours, { strict: false });
    const slow: Socket[] = [];
    while (slow.length < LIMIT) {
      slow.push((await raw('/ours?slow')).socket);
      await waitFor('its handshake', () => ours.waiting.length === slow.length);
    }
    expect((await refused('192.0.2.1')).status).toBe(429);
    for (const socket of slow) leave(socket);
    const held = [await openSoon('192.0.2.1'), await openSoon('192.0.2.1'), await openSoon('192.0.2.1')];
    for (const client of held) client.ws.terminate();
    for (const socket of slow) socket.destroy();
  });

  it('are not kept by who keeps a refused handshake open', async () => {
    const kept = await Promise.all(Array.from({ length: 2 * LIMIT }, () => raw('/ours?refused')));
    for (const { socket, closed } of kept) {
      socket.once('end', () => setImmediate(() => socket.write('more')));
      await waitFor('its end', () => {
        // The peer has closed when what is written comes back as a reset.
        if (!socket.destroyed && socket.writable && socket.readableEnded) socket.write('more');
        return closed();
      });
    }
    expect(kept.map(({ text }) => text().slice(9, 12)).filter((status) => !['403', '429'].includes(status))).toEqual(
      [],
    );
    const held = [await openSoon('192.0.2.1'), await openSoon('192.0.2.1'), await openSoon('192.0.2.1')];
    for (const client of held) client.ws.terminate();
  });
});
