import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ClientSocket } from '../socket.interface.js';
import { wsDialer } from './ws-dialer.js';

const SILENCE = 400;
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('wsDialer', () => {
  let server: WebSocketServer;
  let peer: WebSocket;
  let socket: ClientSocket;
  let ended: Promise<number>;
  const start = async (autoPong: boolean): Promise<void> => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong });
    await once(server, 'listening');
    const connected = new Promise<WebSocket>((resolve) => server.once('connection', resolve));
    const { port } = server.address() as AddressInfo;
    socket = await wsDialer({
      url: `ws://127.0.0.1:${port}`,
      headers: {},
      tls: undefined,
      maxMessageBytes: 1000,
      silence: SILENCE,
      signal: new AbortController().signal,
    });
    peer = await connected;
    ended = new Promise((resolve) => socket.listen({ message: () => undefined, close: () => resolve(Date.now()) }));
  };
  afterEach(() => {
    socket.terminate();
    server.close();
  });

  // At several moments, since the looks of the client come at their own.
  it.each([0, 0.25, 0.5, 0.75])('waits the whole time for a sign of life, after one at %d of it', async (part) => {
    await start(false);
    await wait(part * SILENCE);
    const last = Date.now();
    peer.send('a sign');
    expect((await ended) - last).toBeGreaterThanOrEqual(SILENCE);
  });

  it('keeps a peer that answers pings and says nothing else', async () => {
    await start(true);
    await wait(4 * SILENCE);
    expect(socket.open).toBe(true);
  });
});
