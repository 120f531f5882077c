import { type RunningListeners, startListeners } from '../support/listeners.js';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';
import { secureFetch } from '../support/secure-fetch.js';
import { refusedHandshake } from '../support/socket-client.js';
import { Http2Client } from './support/http2-client.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const COMMON = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** Pages, documents, answers, errors of routes and of the framework. */
const PATHS = [
  '/docs',
  '/docs/asyncapi',
  '/docs/openrpc',
  '/connections',
  '/login',
  '/console',
  '/console/config.json',
  '/console/icon.svg',
  '/console/nothing',
  '/console/api/openapi.json',
  '/openapi.json',
  '/',
  '/stats',
  '/health',
  '/metrics',
  '/favicon.ico',
  '/streams',
  '/data/x',
  '/mjpeg/x',
  '/nowhere',
  '/%',
];

describe('The headers that keep browsers in bounds', () => {
  const directory = dataDirectory();
  let running: RunningListeners;
  let http2: Http2Client;
  beforeAll(async () => {
    running = await startListeners(directory.path, { MILLRACE_STORE: 'memory' });
    http2 = await Http2Client.open(running.secureUrl, running.ca);
  });
  afterAll(async () => {
    await http2.close();
    await running.stop();
    directory.remove();
  });

  const ways: Record<string, (path: string) => Promise<{ headers: Headers }>> = {
    'HTTP/1.1': async (path) => ({ headers: Object.fromEntries((await fetch(running.url + path)).headers) }),
    'HTTP/1.1 on the port beside': async (path) => ({
      headers: Object.fromEntries((await fetch(running.plainUrl + path)).headers),
    }),
    TLS: (path) => secureFetch(running.ca, running.secureUrl + path),
    'HTTP/2': (path) => http2.request(path),
  };
  it.each(Object.keys(ways))('are on every answer by %s, errors too, without anything unsafe', async (way) => {
    for (const path of PATHS) {
      const { headers } = (await ways[way]?.(path)) ?? {};
      expect({ path, ...headers }).toMatchObject({ path, ...COMMON });
      const policy = String(headers?.['content-security-policy']);
      expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'none'")]);
      expect([path, policy]).toEqual([path, expect.stringContaining("frame-ancestors 'none'")]);
      expect([path, policy]).toEqual([path, expect.not.stringMatching(/unsafe|upgrade-insecure/)]);
      // Browsers would come to the ports without TLS by TLS from then on.
      expect([path, headers?.['strict-transport-security']]).toEqual([path, undefined]);
    }
  });

  it('are those of stored data on entries, which pages of every origin may show', async () => {
    const token = await login(running.url);
    const { headers } = await http2.request(`/data/x?token=${token}`);
    expect(headers).toMatchObject({
      ...COMMON,
      'content-security-policy': expect.stringContaining('sandbox'),
      'cross-origin-resource-policy': 'cross-origin',
    });
  });

  it('forbid a browser to guess the type of a refused handshake', async () => {
    const { status, headers } = await refusedHandshake(`${running.wsUrl}/data/x/pull`);
    expect([status, headers['x-content-type-options']]).toEqual([401, 'nosniff']);
  });

  it.each(['__proto__', 'constructor', 'toString', '%5f%5fproto%5f%5f', 'manifest.json', '..%2fmanifest.json'])(
    'has no file of the console of the name %s',
    async (name) => {
      for (const path of [`/console/assets/${name}`, `/console/${name}`])
        expect([path, (await fetch(`${running.url}${path}`)).status]).toEqual([path, 404]);
    },
  );
});

it('tell browsers to come by TLS only where the operator says so, and then by TLS alone', async () => {
  const directory = dataDirectory();
  const running = await startListeners(directory.path, { MILLRACE_STORE: 'memory', MILLRACE_HSTS: 'on' });
  const header = 'strict-transport-security';
  expect((await secureFetch(running.ca, `${running.secureUrl}/health`)).headers[header]).toBe('max-age=31536000');
  for (const url of [running.url, running.plainUrl])
    expect((await fetch(`${url}/health`)).headers.get(header)).toBeNull();
  await running.stop();
  directory.remove();
});

describe('Figures and pages', () => {
  const directory = dataDirectory();
  let running: RunningReference | undefined;
  afterEach(async () => running?.stop());
  afterAll(() => directory.remove());
  const PRODUCTION = { NODE_ENV: 'production', MILLRACE_JWT_SECRET: 'x'.repeat(40), MILLRACE_STORE: 'memory' };
  const DOCUMENTS = [
    '/console/api/openapi.json',
    '/console/api/asyncapi.json',
    '/console/api/openrpc.json',
    '/docs/asyncapi.json',
    '/docs/openrpc.json',
    '/openapi.json',
    '/openapi.yaml',
  ];
  const PAGES = ['/console', '/console/', '/console/config.json', '/docs', '/connections', '/login', '/favicon.ico'];
  const statuses = (paths: readonly string[], headers = {}): Promise<number[]> =>
    Promise.all(paths.map(async (path) => (await fetch(`${running?.url}${path}`, { headers })).status));

  it('are closed to those without a token where they are to be', async () => {
    running = await startReference(directory.path, { MILLRACE_METRICS: 'closed', MILLRACE_CONSOLE: 'closed' });
    expect(new Set(await statuses(DOCUMENTS))).toEqual(new Set([401]));
    expect(await statuses(['/metrics', '/health'])).toEqual([401, 200]);
    expect(new Set(await statuses(PAGES))).toEqual(new Set([200]));
    const token = await login(running.url);
    expect(new Set(await statuses(DOCUMENTS, { Cookie: `authorization="Bearer ${token}"` }))).toEqual(new Set([200]));
    // As Prometheus does with `authorization: { credentials: … }`.
    const figures = await fetch(`${running.url}/metrics`, { headers: { Authorization: `Bearer ${token}` } });
    expect([figures.status, await figures.text()]).toEqual([200, expect.stringContaining('starlette_requests_total')]);
    expect(running.output()).not.toContain('documents of the API');
  });

  it('ask for the scope metrics:read', async () => {
    const listeners = await startListeners(directory.path, { MILLRACE_METRICS: 'closed' });
    running = listeners;
    const token = await login(running.url);
    const status = async (scope: string): Promise<number> => {
      const reply = await fetch(`${listeners.url}/keys`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify({ name: scope, scopes: [scope] }),
      });
      const { key } = (await reply.json()) as { key: string };
      const headers = { Authorization: `Bearer ${key}` };
      return (await secureFetch(listeners.ca, `${listeners.secureUrl}/metrics`, { headers })).status;
    };
    expect([await status('metrics:read'), await status('streams:read')]).toEqual([200, 403]);
  });

  it('are not there where they are off', async () => {
    running = await startReference(directory.path, { ...PRODUCTION, MILLRACE_METRICS: 'off', MILLRACE_CONSOLE: 'off' });
    expect(new Set(await statuses([...DOCUMENTS, ...PAGES, '/metrics']))).toEqual(new Set([404]));
    expect(await statuses(['/health', '/live', '/connections/partitions'])).toEqual([200, 200, 401]);
  });

  it('are open by default, and the log says so', async () => {
    running = await startReference(directory.path, PRODUCTION);
    expect(new Set(await statuses([...DOCUMENTS, ...PAGES, '/metrics']))).toEqual(new Set([200]));
    expect(running.output()).toContain('Open to everybody  metrics, documents of the API');
  });
});
