import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type RunningListeners, startListeners } from '../support/listeners.js';
import { dataDirectory } from '../support/reference.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { http1Request } from './support/http1-client.js';
import { Http2Client } from './support/http2-client.js';

const LIMIT = 12;
const SETTINGS = { MILLRACE_MAX_CONNECTIONS_PER_ADDRESS: String(LIMIT), MILLRACE_PUBLIC: 'streams' };
/** Another address of this machine. */
const OTHER = '127.0.0.2';

interface Held {
  readonly socket: Socket;
  closed: boolean;
}

/** An answer that does not end: who says nothing is cut. */
const FOLLOW = 'GET /data/x HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n';

const hold = async (url: string, ca: string): Promise<Held> => {
  const { hostname: host, port, protocol } = new URL(url);
  const target = { host, port: Number(port) };
  const held: Held = { socket: protocol === 'https:' ? connectTls({ ...target, ca }) : connect(target), closed: false };
  held.socket
    .on('error', () => undefined)
    .once('close', () => (held.closed = true))
    .resume()
    .write(FOLLOW);
  await new Promise((resolve) => held.socket.once('connect', resolve));
  return held;
};
const release = (held: readonly Held[]): void => held.forEach(({ socket }) => void socket.destroy());

/** A request by HTTP/2 from another address. */
const otherByHttp2 = (url: string, ca: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { hostname: host, port, protocol } = new URL(url);
    const target = { host, port: Number(port), localAddress: OTHER };
    const session = connectHttp2(url, {
      createConnection: () =>
        protocol === 'https:' ? connectTls({ ...target, ca, ALPNProtocols: ['h2'] }) : connect(target),
    });
    session.once('error', reject);
    session
      .request({ ':path': '/ping' })
      .once('response', (headers) => resolve(headers[':status']))
      .once('error', reject)
      .resume()
      .once('close', () => session.close());
  });

describe('Connections of one address', () => {
  const directory = dataDirectory();
  let running: RunningListeners;
  beforeAll(async () => {
    running = await startListeners(directory.path, SETTINGS);
  });
  afterAll(async () => {
    await running.stop();
    directory.remove();
  });
  const served = (): Promise<unknown> =>
    waitFor('an answer', () => http1Request(`${running.url}/ping`).catch(() => undefined));

  it.each(['url', 'plainUrl', 'secureUrl'] as const)(
    'are limited on all ports together, here at %s, and other addresses are served',
    async (port) => {
      const { ca } = running;
      const url = running[port];
      await served();
      const all = [running.url, running.plainUrl, running.secureUrl];
      const held: Held[] = [];
      // A connection of before may still be closing: held is what stays.
      const stay = (): Held[] => held.filter(({ closed }) => !closed);
      await waitFor('as many as may be', async () => {
        held.push(await hold(all[held.length % all.length] ?? url, ca));
        await http1Request(`${running.url}/ping`, { localAddress: OTHER });
        return stay().length === LIMIT;
      });
      const further = await hold(url, ca);
      await waitFor('its end', () => further.closed);
      expect(stay()).toHaveLength(LIMIT);
      await expect(http1Request(`${url}/ping`, { ca })).rejects.toThrow();
      await expect(Http2Client.open(running.secureUrl, ca)).rejects.toThrow();
      await expect(SocketClient.open(`${url.replace('http', 'ws')}/data/x/pull`, { ca })).rejects.toThrow();
      // The others are served by every protocol.
      expect((await http1Request(`${url}/ping`, { ca, localAddress: OTHER })).status).toBe(200);
      if (port !== 'url') expect(await otherByHttp2(url, ca)).toBe(200);
      const socket = await SocketClient.open(`${url.replace('http', 'ws')}/data/x/pull`, { ca, localAddress: OTHER });
      await socket.close();
      release(held);
      await served();
    },
  );
});

it('behind a trusted proxy are those of its clients: the connections of the proxy are not counted', async () => {
  const directory = dataDirectory();
  const running = await startListeners(directory.path, { ...SETTINGS, MILLRACE_TRUST_PROXY: 'loopback' });
  const held: Held[] = [];
  for (const url of [running.url, running.plainUrl, running.secureUrl]) {
    for (let n = 0; n < LIMIT; n += 1) held.push(await hold(url, running.ca));
  }
  const pull = `${running.wsUrl}/data/x/pull`;
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const sockets: SocketClient[] = [];
  for (let n = 0; n < LIMIT; n += 1) sockets.push(await SocketClient.open(pull, from('192.0.2.1')));
  expect(await refusedHandshake(pull, from('192.0.2.1'))).toMatchObject({
    status: 429,
    headers: { 'retry-after': '10' },
  });
  sockets.push(await SocketClient.open(pull, from('192.0.2.2')));
  expect((await http1Request(`${running.url}/ping`)).status).toBe(200);
  expect(held.filter(({ closed }) => closed)).toEqual([]);
  release(held);
  for (const { ws } of sockets) ws.terminate();
  await running.stop();
  directory.remove();
});
