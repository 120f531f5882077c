import { fromBinary } from '@bufbuild/protobuf';
import { randomBytes } from 'node:crypto';
import { infoMethod } from '../../apps/reference/src/server-info/btrdb-descriptor.js';
import { type RunningListeners, startListeners } from '../support/listeners.js';
import { dataDirectory, login } from '../support/reference.js';
import { http1Request } from './support/http1-client.js';
import { SocketClient, refusedHandshake } from '../support/socket-client.js';
import { Http2Client } from './support/http2-client.js';

const PORTS = ['plain', 'tls'] as const;
const INFO = '/v5api.BTrDB/Info';

describe('The ports for everything', () => {
  const directory = dataDirectory();
  let running: RunningListeners;
  let token: string;
  let headers: { authorization: string };
  beforeAll(async () => {
    running = await startListeners(directory.path, { MILLRACE_DEMO: 'on' });
    token = await login(running.url);
    headers = { authorization: `Bearer ${token}` };
  });
  afterAll(async () => {
    await running.stop();
    directory.remove();
  });
  const urlOf = (port: (typeof PORTS)[number]): string => (port === 'tls' ? running.secureUrl : running.plainUrl);
  const http1 = (port: (typeof PORTS)[number], path: string, method = 'GET') =>
    http1Request(`${urlOf(port)}${path}`, { ca: running.ca, method, headers });
  const socket = (port: (typeof PORTS)[number], path: string, options = {}): Promise<SocketClient> =>
    SocketClient.open(`${urlOf(port).replace('http', 'ws')}${path}`, { ca: running.ca, headers, ...options });

  describe.each(PORTS)('%s', (port) => {
    it('carries HTTP/1.1, HTTP/2, WebSocket and gRPC at the same time, gRPC and REST on one connection too', async () => {
      const name = `mixed-${port}`;
      const client = await Http2Client.open(urlOf(port), running.ca);
      const pull = await socket(port, `/data/${name}/pull`);
      const push = await socket(port, `/data/${name}/push?ack=true`);
      const rounds = Array.from({ length: 20 }, async (_, round) => {
        push.send(Buffer.from(`entry ${round}`));
        const [ping, list, info, unknown, fetched] = await Promise.all([
          http1(port, '/ping'),
          client.request('/streams', headers),
          client.grpc(INFO, headers),
          client.grpc('/v5api.BTrDB/Nearest'),
          http1(port, `/streams/${name}`),
        ]);
        expect([ping.status, ping.body.toString()]).toEqual([200, 'true']);
        expect(list.status).toBe(200);
        expect(JSON.parse(list.body.toString())).toEqual(expect.any(Array));
        expect(info.status).toBe('0');
        expect(fromBinary(infoMethod().output, info.message)).toMatchObject({ majorVersion: 5, minorVersion: 1 });
        expect(unknown.status).toBe('12');
        expect([200, 404]).toContain(fetched.status);
      });
      await Promise.all(rounds);
      for (let acked = 0; acked < 20; acked += 1) expect(await push.nextText()).toContain('-');
      const pulled: string[] = [];
      while (pulled.length < 20) {
        const offsets = JSON.parse(await pull.nextText()) as [string, string, number][];
        const { data } = await pull.next();
        pulled.push(...offsets.map(([, , start], index) => data.subarray(start, offsets[index + 1]?.[2]).toString()));
      }
      expect(pulled.sort()).toEqual(Array.from({ length: 20 }, (_, round) => `entry ${round}`).sort());
      await Promise.all([pull.close(), push.close(), client.close()]);
    });

    it('guards sockets before the upgrade, as on the first port', async () => {
      const url = `${urlOf(port).replace('http', 'ws')}/data/x/pull`;
      expect((await refusedHandshake(url, { ca: running.ca })).status).toBe(401);
      expect((await refusedHandshake(`${url}/none`, { ca: running.ca })).status).toBe(404);
    });

    it.each(['/rpc', '/', '/connections/x/watch', '/api/v1/wsock/websocket', '/data/x/push', '/data/x/pull'])(
      'serves the socket %s',
      async (path) => {
        const client = await socket(port, path);
        await client.close();
      },
    );

    it('moves megabytes in both directions over HTTP/2, byte for byte', async () => {
      const client = await Http2Client.open(urlOf(port), running.ca);
      const blobs = Array.from({ length: 4 }, () => randomBytes(5 * 1024 * 1024 + 7));
      const pairs = await Promise.all(
        blobs.map(async (blob, index) => {
          const boundary = 'boundary';
          const body = Buffer.concat([
            Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="entries"; filename="f"\r\n\r\n`),
            blob,
            Buffer.from(`\r\n--${boundary}--\r\n`),
          ]);
          const type = { ':method': 'POST', 'content-type': `multipart/form-data; boundary=${boundary}` };
          const path = `/data/big-${port}-${index}`;
          expect(await client.request(path, { ...headers, ...type }, body)).toMatchObject({ status: 200 });
          return [await client.request(path, headers), blob] as const;
        }),
      );
      for (const [answer, blob] of pairs) expect(answer.body.equals(blob)).toBe(true);
      await client.close();
    });
  });

  it('answers every route of OpenAPI over HTTP/2 as over HTTP/1.1', async () => {
    const { paths } = JSON.parse((await http1('plain', '/openapi.json')).body.toString()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
    );
    expect(routes.length).toBeGreaterThan(20);
    const clients = await Promise.all([
      Http2Client.open(running.plainUrl),
      Http2Client.open(running.secureUrl, running.ca),
    ]);
    for (const [method, path] of routes) {
      // Names of their own, so that what one request changes is not seen by the next.
      const fill = (name: string): string => path.replace(/\{\w+\}/g, `${name}-${method.toLowerCase()}`);
      const first = await http1Request(`${running.url}${fill('one')}`, { method, headers, headersOnly: true });
      for (const [index, client] of clients.entries()) {
        const answer = await client.start(fill(`two${index}`), { ':method': method, ...headers });
        expect([method, path, answer.status, answer.type]).toEqual([method, path, first.status, first.type]);
      }
    }
    await Promise.all(clients.map((client) => client.close()));
  });

  it('tells the application the truth about the connection', async () => {
    const cookieOf = async (url: string): Promise<string> => {
      const client = await Http2Client.open(url, running.ca);
      const form = { ':method': 'POST', 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await client.request('/token', form, 'username=me&password=me');
      await client.close();
      return String(answer.headers['set-cookie']);
    };
    expect(await cookieOf(running.secureUrl)).toContain('Secure');
    expect(await cookieOf(running.plainUrl)).not.toContain('Secure');
    const sockets = JSON.parse((await http1('tls', '/docs/asyncapi.json')).body.toString()) as {
      servers: { here: { host: string; protocol: string } };
    };
    expect(sockets.servers.here).toMatchObject({ host: new URL(running.secureUrl).host, protocol: 'wss' });
  });
});
