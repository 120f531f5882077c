import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { startListeners } from '../support/listeners.js';
import { dataDirectory, login } from '../support/reference.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

describe('SIGTERM', () => {
  it('ends the application with 0, whatever its clients leave open', async () => {
    const directory = dataDirectory();
    const running = await startListeners(directory.path, { MILLRACE_DEMO: 'on' });
    const { url, plainUrl, secureUrl, ca } = running;
    const headers = { authorization: `Bearer ${await login(url)}` };
    const sockets: Socket[] = [];
    const raw = (at: string, text: string): Socket => {
      const { port, hostname: host, protocol } = new URL(at);
      const socket = protocol === 'https:' ? connectTls({ port: Number(port), host, ca }) : connect(Number(port), host);
      socket.on('error', () => undefined).write(text);
      sockets.push(socket);
      return socket;
    };
    const ws = (at: string, path: string): Promise<SocketClient> =>
      SocketClient.open(`${at.replace('http', 'ws')}${path}`, { ca, headers });
    const idle = await Promise.all(
      [url, plainUrl, secureUrl].flatMap((at) => ['/rpc', '/data/a/pull', '/data/a/push'].map((path) => ws(at, path))),
    );
    const authorization = `Authorization: ${headers.authorization}\r\n`;
    for (const at of [url, plainUrl, secureUrl]) {
      // A call that runs, half a body, half a head, an answer that nobody reads, and a connection that says nothing.
      const call = '{"jsonrpc":"2.0","id":1,"method":"slow"}';
      const post = `POST /rpc HTTP/1.1\r\nHost: a\r\n${authorization}Content-Type: application/json\r\n`;
      raw(at, `${post}Content-Length: ${call.length}\r\n\r\n${call}`);
      raw(at, `${post}Content-Length: 1000\r\n\r\n{`);
      raw(at, 'GET /data/a HTTP/1.1\r\nHost: a\r\n');
      raw(at, `GET /mjpeg/demo.camera HTTP/1.1\r\nHost: a\r\n${authorization}\r\n`).pause();
      raw(at, '');
    }
    const goodbyes = [plainUrl, secureUrl].map(async (at) => {
      const session = connectHttp2(at, { ca });
      session.on('error', () => undefined);
      const goodbye = new Promise((resolve) => session.once('goaway', resolve));
      const half = { ':path': '/rpc', ':method': 'POST', ...headers, 'content-type': 'application/json' };
      const grpc = { ':path': '/v5api.BTrDB/Info', ':method': 'POST', ...headers, 'content-type': 'application/grpc' };
      for (const request of [half, grpc]) {
        const stream = session.request(request, { endStream: false });
        stream.on('error', () => undefined).write('x');
      }
      await new Promise((resolve) => session.ping(resolve));
      return { session, goodbye };
    });
    const sessions = await Promise.all(goodbyes);
    const busy = await ws(url, '/rpc');
    busy.send('{"jsonrpc":"2.0","id":1,"method":"slow"}');
    await waitFor('the progress', () => busy.frames.length > 0);
    const stopped = running.stop();
    for (const { closed } of [...idle, busy]) expect((await closed).code).toBe(1012);
    for (const { goodbye } of sessions) await goodbye;
    expect(await stopped).toBe(0);
    for (const socket of sockets) socket.destroy();
    for (const { session } of sessions) session.destroy();
    directory.remove();
  }, 300_000);
});
