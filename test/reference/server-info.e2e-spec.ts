import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningListeners, startListeners } from '../support/listeners.js';
import { dataDirectory, login } from '../support/reference.js';
import { type Answer, pythonCalls, pythonClients, pythonConnect, type Target } from './support/btrdb-python.js';
import { Http2Client } from './support/http2-client.js';

const addressOf = (url: string): string => new URL(url).host;
const portOf = (url: string): string => new URL(url).port;
const codes = (answers: readonly Answer[]): string[] =>
  answers.map((answer) => ('code' in answer ? answer.code : 'OK'));
const withKey = (authorization: string): { metadata: [string, string][] } => ({
  metadata: [['authorization', authorization]],
});
/** No key of this server: 64 characters, as BTrDB's are long. */
const WRONG = createHash('sha256').update('wrong').digest('hex').toUpperCase();
/** Node 20 drops headers of HTTP/2 that end in a space, so there the `Bearer ` of an empty key is no key at all. */
const DROPS_SPACES = Number(process.versions.node.split('.')[0]) < 22;

describe('Server information', () => {
  const directory = dataDirectory();
  let running: RunningListeners;
  let token: string;
  let key: string;
  let targets: Record<'plain' | 'tls', Target>;
  let expected: unknown;
  beforeAll(async () => {
    running = await startListeners(directory.path);
    token = await login(running.url);
    const client = await Http2Client.open(running.secureUrl, running.ca);
    const made = await client.request(
      '/keys',
      { ':method': 'POST', 'content-type': 'application/json', authorization: `Bearer ${token}` },
      JSON.stringify({ name: 'test', scopes: ['streams:read'] }),
    );
    await client.close();
    ({ key } = JSON.parse(made.body.toString()) as { key: string });
    targets = {
      plain: { address: addressOf(running.plainUrl) },
      tls: { address: addressOf(running.secureUrl), tls: true, ca: running.caFile },
    };
    expected = {
      majorVersion: 5,
      minorVersion: 1,
      build: 'millrace 0.1.0',
      proxy: { proxyEndpoints: [addressOf(running.secureUrl), addressOf(running.plainUrl)] },
    };
  });
  afterAll(async () => {
    await running.stop();
    directory.remove();
  });

  describe('for a Python client that finds its server as BTrDB says', () => {
    let home: string;
    beforeAll(() => {
      home = join(directory.path, 'home');
      mkdirSync(join(home, '.predictivegrid'), { recursive: true });
      const profile = (name: string, url: string): string =>
        `${name}:\n  name: "${name}"\n  btrdb:\n    endpoints: "${addressOf(url)}"\n    api_key: "${name === 'secure' ? key : token}"\n`;
      const text = ['default', 'research'].map((name) => profile(name, running.plainUrl)).join('');
      writeFileSync(join(home, '.predictivegrid/credentials.yaml'), text + profile('secure', running.secureUrl));
    });

    it.each<[string, Record<string, string>, Record<string, string>]>([
      ['by argument', { conn_str: 'plain' }, { HOME: 'nowhere' }],
      ['by environment', {}, { HOME: 'nowhere', BTRDB_ENDPOINTS: 'plain' }],
      ['by profile argument', { profile: 'research' }, {}],
      ['by profile variable', {}, { BTRDB_PROFILE: 'research' }],
      ['by default profile', {}, {}],
    ])('connection-profiles#17: answers on the plain port, found %s', async (_how, parameters, environment) => {
      const fill = (values: Record<string, string>): Record<string, string> => {
        const known: Record<string, string> = { plain: addressOf(running.plainUrl), nowhere: join(home, 'nowhere') };
        return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, known[value] ?? value]));
      };
      const answer = await pythonConnect(fill(parameters), { HOME: home, ...fill(environment) });
      expect(answer).toEqual({ info: expected });
    });

    it('connection-profiles#18: answers over TLS with a private authority in BTRDB_CA_BUNDLE and a key', async () => {
      const answer = await pythonConnect(
        { profile: 'secure', secure_port: portOf(running.secureUrl) },
        { HOME: home, BTRDB_CA_BUNDLE: running.caFile },
      );
      expect(answer).toEqual({ info: expected });
    });

    it('connection-profiles#26: fails without the private authority, and says so', async () => {
      const answer = await pythonConnect({ profile: 'secure', secure_port: portOf(running.secureUrl) }, { HOME: home });
      expect(answer).toMatchObject({ code: 'UNAVAILABLE' });
      // One client's failed handshake is nobody else's trouble.
      expect(codes(await pythonCalls(targets.tls, [{}]))).toEqual(['OK']);
    });
  });

  it('connection-profiles#19: takes an API key over TLS, and refuses it on the plain port before anything else', async () => {
    const unknown = { ...withKey(`Bearer ${key}`), method: 'RawValues' };
    const made = `mr_${'x'.repeat(12)}_${'y'.repeat(43)}`;
    const calls = [`Bearer ${key}`, `bearer ${key}`, `BEARER ${key}`, `Bearer ${key}x`, `Bearer ${made}`].map(withKey);
    expect(codes(await pythonCalls(targets.tls, [...calls, unknown]))).toEqual([
      ...['OK', 'OK', 'OK', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNIMPLEMENTED'],
    ]);
    const refused = await pythonCalls(targets.plain, [...calls, unknown, {}]);
    expect(codes(refused)).toEqual([...calls.map(() => 'PERMISSION_DENIED'), 'PERMISSION_DENIED', 'OK']);
    expect(refused[0]).toMatchObject({ details: expect.stringContaining('TLS') });
    const headers = { Authorization: `Bearer ${key}` };
    for (const url of [running.url, running.plainUrl]) {
      expect((await fetch(`${url}/info`, { headers })).status).toBe(403);
      expect((await fetch(`${url}/v5/info`, { method: 'POST', headers })).status).toBe(403);
    }
    const client = await Http2Client.open(running.secureUrl, running.ca);
    expect((await client.request('/info', { authorization: `Bearer ${key}` })).status).toBe(200);
    expect((await client.request('/streams', { authorization: `Bearer ${key}` })).status).toBe(200);
    await client.close();
  });

  describe.each(['plain', 'tls'] as const)('by gRPC on the %s port', (port) => {
    it('connection-profiles#19: answers without a key, refuses a wrong one promptly', async () => {
      const answers = await pythonCalls(targets[port], [{}, withKey(`Bearer ${WRONG}`), {}]);
      expect(codes(answers)).toEqual(['OK', 'UNAUTHENTICATED', 'OK']);
      expect(answers[1]).toMatchObject({ details: 'Could not validate credentials' });
      expect((answers[1] as { seconds: number }).seconds).toBeLessThan(30);
    });

    it('connection-profiles#20: takes the scheme in any letter case, and nothing but one key behind it', async () => {
      const good = [`Bearer ${token}`, `bearer ${token}`, `BEARER ${token}`];
      const bad = [`Basic ${token}`, token, 'Bearer', '', `Bearer ${token} more`, `Bearer ${token},Bearer ${token}`];
      const answers = await pythonCalls(targets[port], [...good, ...bad].map(withKey));
      expect(codes(answers)).toEqual([...good.map(() => 'OK'), ...bad.map(() => 'UNAUTHENTICATED')]);
      const empty = await pythonCalls(targets[port], [withKey('Bearer ')]);
      expect(codes(empty)).toEqual([DROPS_SPACES ? 'OK' : 'UNAUTHENTICATED']);
    });

    it('connection-profiles#21: ignores metadata it does not know', async () => {
      const metadata = [
        ['x-api-client', 'btrdbpy-5.34.2'],
        ['anything', 'at all'],
      ] as const;
      const keyed = [['authorization', `Bearer ${token}`], ...metadata] as const;
      const wrong = [['authorization', 'Bearer wrong'], ...metadata] as const;
      const calls = [{ metadata }, { metadata: keyed }, { metadata: wrong }];
      expect(codes(await pythonCalls(targets[port], calls))).toEqual(['OK', 'OK', 'UNAUTHENTICATED']);
    });

    it('connection-profiles#22: says major 5, a minor below 30, a build text, proxy, and neither stat nor mash', async () => {
      const [answer] = await pythonCalls(targets[port], [{}]);
      expect(answer).toEqual({ info: expected });
    });

    it('connection-profiles#24: ends unknown methods with UNIMPLEMENTED and leaves the connection usable', async () => {
      const calls = [{}, { method: 'RawValues' }, { method: 'StreamInfo' }, {}, { method: 'info' }, {}];
      const client = await pythonCalls(targets[port], calls);
      expect(codes(client)).toEqual(['OK', 'UNIMPLEMENTED', 'UNIMPLEMENTED', 'OK', 'UNIMPLEMENTED', 'OK']);
    });

    it('connection-profiles#25: answers many clients at once, three calls each', async () => {
      const answers = await pythonClients(targets[port], 50);
      expect(answers).toHaveLength(150);
      expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
        new Set([JSON.stringify({ info: expected })]),
      );
    }, 300_000);
  });

  describe('by HTTP', () => {
    const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(`${running.url}${path}`, init);

    it('connection-profiles#23: has exactly majorVersion, minorVersion, build and proxy', async () => {
      const answer = await ask('/info');
      expect([answer.status, await answer.json()]).toEqual([200, expected]);
    });

    it('answers the JSON gateway with stat null, on every port', async () => {
      const client = await Http2Client.open(running.secureUrl, running.ca);
      const headers = { ':method': 'POST', 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await client.request('/v5/info', headers, '{}');
      await client.close();
      expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
        200,
        { stat: null, mash: null, ...(expected as object) },
      ]);
      for (const body of ['{}', undefined]) {
        const type: Record<string, string> = body ? { 'Content-Type': 'application/json' } : {};
        for (const url of [running.url, running.plainUrl]) {
          const plain = await fetch(`${url}/v5/info`, { method: 'POST', body, headers: type });
          expect([plain.status, await plain.json()]).toMatchObject([200, { stat: null }]);
        }
      }
    });

    it.each([
      ['a wrong key', `Bearer ${WRONG}`],
      ['an empty key', 'Bearer '],
      ['another scheme', 'Basic eDp5'],
      ['a bare key', WRONG],
      ['trailing text', 'Bearer a b'],
    ])('connection-profiles#20: refuses %s', async (_what, Authorization) => {
      for (const [method, path] of [
        ['GET', '/info'],
        ['POST', '/v5/info'],
      ] as const) {
        const answer = await ask(path, { method, headers: { Authorization } });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toContain('Bearer');
        expect(await answer.json()).toEqual({ detail: expect.any(String) });
      }
    });

    it('stands in the document of the routes', async () => {
      const { paths } = (await (await ask('/openapi.json')).json()) as { paths: object };
      expect(paths).toMatchObject({ '/info': { get: { summary: expect.any(String) } } });
      expect(paths).toMatchObject({ '/v5/info': { post: { responses: { 200: expect.anything() } } } });
    });
  });
});

describe('Server information where a key is required', () => {
  const directory = dataDirectory();
  let running: RunningListeners;
  let token: string;
  beforeAll(async () => {
    running = await startListeners(directory.path, {
      MILLRACE_REQUIRE_API_KEY: 'on',
      MILLRACE_PROXY_ENDPOINTS: 'hub.example.org:4411, hub.example.org:4410',
      MILLRACE_REVISION: 'abc',
    });
    token = await login(running.url);
  });
  afterAll(async () => {
    await running.stop();
    directory.remove();
  });

  it('connection-profiles#19: refuses a missing key as it refuses a wrong one, on both ports and over HTTP', async () => {
    const calls = [{}, withKey(`Bearer ${WRONG}`), withKey('Bearer '), withKey(`Bearer ${token}`), { method: 'Other' }];
    const refused = 'UNAUTHENTICATED';
    for (const target of [
      { address: addressOf(running.plainUrl) },
      { address: addressOf(running.secureUrl), tls: true, ca: running.caFile },
    ]) {
      expect(codes(await pythonCalls(target, calls))).toEqual([refused, refused, refused, 'OK', refused]);
    }
    expect((await fetch(`${running.url}/info`)).status).toBe(401);
    expect((await fetch(`${running.url}/v5/info`, { method: 'POST' })).status).toBe(401);
  });

  it('names the addresses it was told to name, and the commit it was built from', async () => {
    const answer = await fetch(`${running.url}/info`, { headers: { Authorization: `bearer ${token}` } });
    expect(await answer.json()).toEqual({
      majorVersion: 5,
      minorVersion: 1,
      build: 'millrace 0.1.0 (abc)',
      proxy: { proxyEndpoints: ['hub.example.org:4411', 'hub.example.org:4410'] },
    });
  });
});
