import { Parser } from '@asyncapi/parser';
import { dataDirectory, failingReference, login, type RunningReference, startReference } from '../support/reference.js';
import { startRedis } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

describe('The reference application', () => {
  const directory = dataDirectory();
  let running: RunningReference;
  beforeAll(async () => {
    running = await startReference(directory.path, { MILLRACE_DEMO: 'on', LOG_LEVEL: 'debug' });
  });
  afterAll(async () => {
    await running.stop();
    directory.remove();
  });
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${running.url}${path}`, init);

  it('names its URLs and three commands to try, and says where it listens', () => {
    for (const text of ['/console/', '/health', '/metrics', 'curl', `Millrace is listening on ${running.url}`]) {
      expect(running.output()).toContain(text);
    }
  });

  it('stream-store#25 #26: /ping, /health and /metrics need no token', async () => {
    expect(await (await get('/ping')).text()).toBe('true');
    expect(await (await get('/health')).json()).toMatchObject({ status: 'ok', details: { streams: { status: 'up' } } });
    const metrics = await get('/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    const text = await metrics.text();
    for (const name of [
      'starlette_requests_total',
      'starlette_request_duration_seconds_bucket',
      'starlette_requests_in_progress',
      'process_cpu_seconds_total',
      'millrace_stream_entries_in_total',
      'millrace_stream_lag_entries',
      'millrace_sockets',
    ]) {
      expect(text).toContain(name);
    }
  });

  it('goes on with its log when somebody has read a document', async () => {
    expect((await get('/openapi.json')).status).toBe(200);
    const logged = (): number => running.output().split('GET /ping 200 ').length;
    const before = logged();
    await get('/ping');
    await waitFor('the line of the request', () => logged() > before);
  });

  it('closes everything else to those without a token', async () => {
    for (const path of ['/streams', '/data/x', '/mjpeg/x']) expect((await get(path)).status).toBe(401);
  });

  it.each<[status: number, path: string, init: RequestInit]>([
    [400, '/users/x', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{' }],
    [400, '/users/x', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '' }],
    [
      413,
      '/users/x',
      { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: 'x'.repeat(2 ** 20 + 1) },
    ],
    [415, '/users/x', { method: 'PUT', headers: { 'Content-Type': 'text/xml' }, body: '<x/>' }],
    [400, '/data/%zz', {}],
    [400, '/keys/%zz', { method: 'DELETE' }],
  ])('answers %i with a detail before a route is reached: %s', async (status, path, init) => {
    const answer = await get(path, init);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ detail: expect.stringMatching(/\S/) as string });
  });

  it('answers 404 and 405 with a detail, and CORS for every origin', async () => {
    const unknown = await get('/nothing');
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toEqual({ detail: 'Not Found' });
    const wrong = await get('/streams', { method: 'POST' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toContain('GET');
    expect(await wrong.json()).toEqual({ detail: 'Method Not Allowed' });
    const preflight = await get('/streams', {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://example.org',
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'x-any',
      },
    });
    expect(preflight.status).toBe(200);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': 'https://example.org',
      'access-control-allow-headers': 'x-any',
      'access-control-max-age': '600',
    });
  });

  it('has demonstration streams that move', async () => {
    const headers = { Authorization: `Bearer ${await login(running.url)}` };
    const added = async (stream: string): Promise<number> =>
      ((await (await get(`/streams/${stream}`, { headers })).json()) as Record<string, number>)['entries-added'] ?? 0;
    for (const stream of ['demo:sensor', 'demo:camera']) {
      const before = await added(stream);
      await waitFor(`news in ${stream}`, async () => (await added(stream)) > before);
    }
    // An entry is counted a moment before it can be read, which a slow disk makes a longer one.
    const picture = await waitFor('a picture', async () => {
      const bytes = Buffer.from(await (await get('/data/demo:camera', { headers })).arrayBuffer());
      return bytes.length > 0 ? bytes : undefined;
    });
    expect(picture.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  });

  it('announces where its demonstration is pulled from', async () => {
    const body = JSON.stringify({ uid_regex: 'sensor', data_type: 'application/json' });
    const sensor = await waitFor('the announcement', async () => {
      const found = await get('/getconnection/demo', { method: 'POST', body });
      return ((await found.json()) as { uri: string }[])[0];
    });
    const pull = await SocketClient.open(`${sensor.uri}?token=${await login(running.url)}`);
    expect(await pull.nextText()).toContain('demo:sensor');
    await pull.close();
  });

  it('describes its REST endpoints in OpenAPI 3.1, without the sockets', async () => {
    const document: any = await (await get('/openapi.json')).json();
    expect(document.openapi).toMatch(/^3\.1/);
    for (const path of ['/token', '/streams', '/streams/{id}', '/data/{id}', '/mjpeg/{id}', '/ping']) {
      expect(document.paths).toHaveProperty([path]);
    }
    expect(Object.keys(document.paths).filter((path) => /push|pull/.test(path))).toEqual([]);
  });

  it('describes each endpoint once, by methods that OpenAPI knows, and sends the token where one may be due', async () => {
    const document: any = await (await get('/openapi.json')).json();
    const operations = Object.entries<Record<string, any>>(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    expect(new Set(operations.map(({ method }) => method))).toEqual(new Set(['get', 'post', 'put', 'delete']));
    expect(operations.filter(({ path }) => path === '/').map(({ method }) => method)).toEqual(['get']);
    const withoutToken = operations.filter(({ security = [] }) => !security.some((one: object) => 'bearer' in one));
    expect(new Set(withoutToken.map(({ path }) => path))).toEqual(
      new Set([
        '/token',
        '/token/revoke',
        '/ping',
        '/ping/error',
        '/ping/auth',
        '/live',
        '/ready',
        '/health',
        '/metrics',
      ]),
    );
  });

  it('describes its sockets in a valid AsyncAPI 3 document', async () => {
    const text = await (await get('/docs/asyncapi.json')).text();
    const { document, diagnostics } = await new Parser().parse(text);
    expect(diagnostics.filter(({ severity }) => Number(severity) === 0)).toEqual([]);
    expect(
      document
        ?.channels()
        .all()
        .map((channel) => channel.address()),
    ).toEqual(expect.arrayContaining(['/data/{stream_id}/push', '/data/{stream_id}/pull']));
  });

  it.each(['/console/', '/console/icon.svg', '/openapi.json', '/openapi.yaml', '/docs/asyncapi.json'])(
    'names the charset of %s',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        expect.stringContaining('charset=utf-8'),
      ]);
    },
  );

  it('never logs a token', async () => {
    const token = await login(running.url);
    await get(`/streams?token=${token}`);
    await get(`/streams?token=${token}x`);
    const client = await SocketClient.open(`${running.wsUrl}/data/logged/pull?token=${token}`);
    await client.close();
    await waitFor('the log of the requests', () => running.output().includes('GET /streams 401'));
    for (const part of token.split('.')) expect(running.output().includes(part) && part.length > 40).toBe(false);
  });
});

it('names in /health what is down', async () => {
  const directory = dataDirectory();
  const redis = await startRedis();
  const running = await startReference(directory.path, { REDIS_URL: redis.url });
  try {
    await redis.kill();
    const answer = await waitFor('the loss to be noticed', async () => {
      const health = await fetch(`${running.url}/health`);
      return health.status === 503 ? health : undefined;
    });
    expect(await answer.json()).toMatchObject({ status: 'error', error: { streams: { status: 'down' } } });
  } finally {
    await running.stop('SIGKILL');
    await redis.stop();
    directory.remove();
  }
});

describe('Starting and stopping', () => {
  it('closes sockets with 1012, ends with code 0, and keeps its data', async () => {
    const directory = dataDirectory();
    const first = await startReference(directory.path);
    const token = await login(first.url);
    const client = await SocketClient.open(`${first.wsUrl}/data/kept/push?ack=true&token=${token}`);
    client.send(Buffer.from('kept'));
    await client.nextText();
    expect(await first.stop()).toBe(0);
    expect((await client.closed).code).toBe(1012);
    const second = await startReference(directory.path);
    // The signing key was kept too: the old token still opens.
    const response = await fetch(`${second.url}/data/kept?token=${token}`);
    expect(await response.text()).toBe('kept');
    await second.stop();
    directory.remove();
  });

  it('refuses a second start on the same data', async () => {
    const directory = dataDirectory();
    const first = await startReference(directory.path);
    const { code, output } = await failingReference(directory.path, {});
    expect(code).toBe(1);
    expect(output).toContain('is in use by process');
    await first.stop();
    directory.remove();
  });

  it.each([
    [{ PORT: 'many' }, 'PORT'],
    [{ MILLRACE_STORE: 'tape' }, 'MILLRACE_STORE'],
    [{ MILLRACE_STORE: 'redis' }, 'REDIS_URL'],
    [{ MILLRACE_PUBLIC: 'everything' }, 'MILLRACE_PUBLIC'],
    [{ MILLRACE_JWT_SECRET: 'short' }, 'MILLRACE_JWT_SECRET'],
    [{ NODE_ENV: 'production' }, 'MILLRACE_JWT_SECRET'],
  ])('refuses %j and names the variable', async (environment, variable) => {
    const directory = dataDirectory();
    const { code, output } = await failingReference(directory.path, environment);
    expect(code).toBe(1);
    expect(output).toContain(variable);
    directory.remove();
  });
});
