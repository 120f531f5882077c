import { ApiKeyFile, type NewApiKey } from '@millrace/accounts';
import { type RunningListeners, startListeners } from '../support/listeners.js';
import { dataDirectory, type RunningReference } from '../support/reference.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { http1Request } from './support/http1-client.js';
import { Http2Client } from './support/http2-client.js';

const NOBODY = 'mr_000000000000_0000000000000000000000000000000000000000000';
const INFO = '/v5api.BTrDB/Info';
const CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'get-version' });

/** What came of one try: let in, or refused as unknown, or refused for the place or the scope. */
type Verdict = 'in' | 'unknown' | 'forbidden';

const verdictOf = (status: number | string): Verdict => {
  const verdicts: Readonly<Record<string, Verdict>> = {
    ...{ 200: 'in', 401: 'unknown', 403: 'forbidden' },
    // Of gRPC: OK, UNAUTHENTICATED, PERMISSION_DENIED.
    ...{ 0: 'in', 16: 'unknown', 7: 'forbidden' },
  };
  const verdict = verdicts[status];
  if (!verdict) throw new Error(`Answered with ${status}`);
  return verdict;
};

describe('Attacks on API keys, on every transport of the reference application', () => {
  const directory = dataDirectory();
  let running: RunningListeners & RunningReference;
  beforeAll(async () => {
    running = await startListeners(directory.path, { MILLRACE_PUBLIC: 'connectivity', LOG_LEVEL: 'trace' });
  });
  afterAll(async () => {
    await running.stop();
    directory.remove();
  });

  const make = (more: Partial<NewApiKey> = {}) =>
    ApiKeyFile.in(directory.path).create({ name: 'test', scopes: ['streams', 'rpc'], ...more });
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const byHttp2 = async <T>(base: string, work: (client: Http2Client) => Promise<T>): Promise<T> => {
    const client = await Http2Client.open(base, running.ca);
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  };
  const byHandshake = (path: string) => async (base: string, key: string) => {
    const options = { ca: running.ca, headers: bearer(key) };
    const url = `${base.replace('http', 'ws')}${path}`;
    try {
      await (await SocketClient.open(url, options)).close();
      return 200;
    } catch {
      return (await refusedHandshake(url, options)).status;
    }
  };

  const transports: readonly [string, (base: string, key: string) => Promise<number | string>][] = [
    [
      'HTTP/1.1',
      async (base, key) => (await http1Request(`${base}/streams`, { ca: running.ca, headers: bearer(key) })).status,
    ],
    ['HTTP/2', (base, key) => byHttp2(base, async (client) => (await client.request('/streams', bearer(key))).status)],
    [
      'JSON-RPC over HTTP/2',
      (base, key) =>
        byHttp2(base, async (client) => {
          const headers = { ':method': 'POST', 'content-type': 'application/json', ...bearer(key) };
          return (await client.request('/rpc', headers, CALL)).status;
        }),
    ],
    ['a push socket', byHandshake('/data/a/push')],
    ['a pull socket', byHandshake('/data/a/pull')],
    ['a socket of JSON-RPC', byHandshake('/rpc')],
    ['gRPC', (base, key) => byHttp2(base, async (client) => (await client.grpc(INFO, bearer(key))).status)],
  ];

  describe.each(transports)('%s', (_name, knock) => {
    const tried = async (key: string): Promise<Verdict> => verdictOf(await knock(running.secureUrl, key));

    it('lets a good key in by TLS, and no other text like it', async () => {
      const { key } = await make();
      expect(await tried(key)).toBe('in');
      const other = await make();
      for (const bad of [
        NOBODY,
        `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
        `${key.slice(0, 16)}${other.key.slice(16)}`,
        key.slice(0, -1),
        key.slice(0, 15),
        `${key}x`,
        'mr_',
      ]) {
        expect([bad, await tried(bad)]).toEqual([bad, 'unknown']);
      }
    });

    it('lets no revoked key in, and none that has run out', async () => {
      const { key, record } = await make();
      await ApiKeyFile.in(directory.path).revoke(record.id);
      expect(await tried(key)).toBe('unknown');
      const short = await make({ expires: new Date(Date.now() + 1000) });
      // An answer that is under way at that moment is cut, which is neither.
      const now = (): Promise<Verdict | undefined> => tried(short.key).catch(() => undefined);
      await waitFor('the end of the key', async () => (await now()) === 'unknown');
      expect(await tried(short.key)).toBe('unknown');
    });

    it('refuses every key in the clear, whether there is such a one or not', async () => {
      const { key } = await make();
      for (const given of [key, NOBODY, 'mr_']) {
        expect(verdictOf(await knock(running.plainUrl, given))).toBe('forbidden');
      }
    });
  });

  it('a key does what its scopes allow, and no more', async () => {
    const { key } = await make({ scopes: ['streams:read:a'] });
    const by = Object.fromEntries(transports);
    expect(verdictOf((await by['a pull socket']?.(running.secureUrl, key)) ?? 0)).toBe('in');
    expect(verdictOf((await by['a push socket']?.(running.secureUrl, key)) ?? 0)).toBe('forbidden');
    await byHttp2(running.secureUrl, async (client) => {
      expect((await client.request('/data/b', bearer(key))).status).toBe(403);
      expect((await client.request('/keys', bearer(key))).status).toBe(403);
    });
  });

  it('a forwarded protocol is believed of nobody unless asked for', async () => {
    const { key } = await make();
    const headers = { ...bearer(key), 'x-forwarded-proto': 'https' };
    expect((await http1Request(`${running.plainUrl}/streams`, { headers })).status).toBe(403);
    await byHttp2(running.plainUrl, async (client) => {
      expect((await client.request('/streams', headers)).status).toBe(403);
      expect((await client.grpc(INFO, headers)).status).toBe('7');
    });
  });

  it('sockets and answers of every kind end when their key is revoked', async () => {
    const { key, record } = await make();
    const socket = await SocketClient.open(`${running.secureUrl.replace('http', 'ws')}/data/a/pull`, {
      ca: running.ca,
      headers: bearer(key),
    });
    await byHttp2(running.secureUrl, async (client) => {
      const events = client.session.request({ ':path': '/data/a', accept: 'text/event-stream', ...bearer(key) });
      const ended = new Promise((resolve) => events.on('error', () => undefined).once('close', resolve));
      await new Promise((resolve) => events.once('response', resolve));
      events.resume();
      await ApiKeyFile.in(directory.path).revoke(record.id);
      await ended;
      expect((await client.request('/streams', bearer(key))).status).toBe(401);
    });
    expect(await socket.closed).toEqual({ code: 3000, reason: 'The API key was revoked' });
  });

  it('nothing of a key is printed', async () => {
    const { key } = await make();
    for (const [, knock] of transports)
      for (const base of [running.secureUrl, running.plainUrl]) await knock(base, key);
    for (const base of [running.secureUrl, running.plainUrl]) {
      await byHttp2(base, async (client) => {
        for (const path of ['/streams', INFO, '/v5api.BTrDB/Nothing']) await client.grpc(`${path}?token=${key}`);
      });
    }
    expect(running.output()).not.toContain(key.slice(16));
  });
});
