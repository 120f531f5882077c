import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { type RunningListeners, startListeners } from '../support/listeners.js';
import { dataDirectory, login } from '../support/reference.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';

describe('Pages in a browser, by HTTP/2 and TLS', () => {
  const data = dataDirectory();
  let running: RunningListeners;
  let cookie: string;
  let sessions: ClientHttp2Session[];
  beforeAll(async () => {
    running = await startListeners(data.path, { MILLRACE_PUBLIC: 'rpc' });
    cookie = `authorization=Bearer ${await login(running.url)}`;
    sessions = [connect(running.secureUrl, { ca: running.ca }), connect(running.plainUrl)];
  });
  afterAll(async () => {
    for (const session of sessions) session.close();
    await running.stop();
    data.remove();
  });

  const ask = (session: ClientHttp2Session, headers: Record<string, string>): Promise<IncomingHttpHeaders> =>
    new Promise((resolve, reject) => {
      const stream = session.request(headers);
      stream.once('response', resolve).once('error', reject).resume();
      stream.end();
    });
  const status = async (headers: Record<string, string>): Promise<unknown[]> => {
    const answers = await Promise.all(sessions.map((session) => ask(session, headers)));
    return answers.map((answer) => answer[':status']);
  };

  it('use the cookie where it is theirs alone', async () => {
    const own = [running.secureUrl, running.plainUrl];
    for (const [index, session] of sessions.entries()) {
      const asked = async (origin = ''): Promise<unknown> =>
        (await ask(session, { ':path': '/keys', cookie, ...(origin === '' ? {} : { origin }) }))[':status'];
      expect(await asked()).toBe(200);
      expect(await asked(own[index])).toBe(200);
      expect(await asked(own[1 - index])).toBe(401);
      expect(await asked('https://evil.example')).toBe(401);
    }
    // A page without TLS does not count at a port with it.
    const insecure = running.secureUrl.replace('https', 'http');
    expect(await status({ ':path': '/keys', cookie, origin: insecure })).toEqual([401, 401]);
    expect(await status({ ':path': '/keys', cookie, 'sec-fetch-site': 'same-origin' })).toEqual([200, 200]);
    expect(await status({ ':path': '/resetService', cookie, 'sec-fetch-site': 'cross-site' })).toEqual([401, 401]);
  });

  it('get no credentials by CORS unless they are listed', async () => {
    for (const session of sessions) {
      const answer = await ask(session, { ':path': '/streams', origin: 'https://example.org' });
      expect(answer).toMatchObject({ ':status': 401, 'access-control-allow-origin': 'https://example.org' });
      expect(answer['access-control-allow-credentials']).toBeUndefined();
    }
  });

  it('reach no other host name, and no open socket of another origin', async () => {
    const foreign = { ':authority': 'evil.example' };
    expect(await status({ ':path': '/health', ...foreign })).toEqual([421, 421]);
    const grpc = {
      ':path': '/v5api.BTrDB/Info',
      ':method': 'POST',
      'content-type': 'application/grpc',
      te: 'trailers',
    };
    for (const session of sessions) {
      const answer = await ask(session, { ...grpc, ...foreign });
      expect([answer['grpc-status'], decodeURIComponent(String(answer['grpc-message']))]).toEqual([
        '7',
        expect.stringContaining('"evil.example"'),
      ]);
    }
    const socket = `${running.secureUrl.replace('https', 'wss')}/rpc`;
    const { ca } = running;
    expect((await refusedHandshake(socket, { ca, origin: running.plainUrl })).status).toBe(403);
    expect((await refusedHandshake(socket, { ca, headers: { Host: 'evil.example' } })).status).toBe(421);
    await (await SocketClient.open(socket, { ca, origin: running.secureUrl })).close();
  });
});
