import { AuthModule, type User, UserStore } from '@millrace/auth';
import { ConnectorHub, ConnectorHubModule } from '@millrace/connector';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { login } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { RawConnector } from './support/raw-connector.js';

/** Password equals name; the scopes are those of the test. */
const SCOPES: Readonly<Record<string, string[]>> = {
  reader: ['sources:read:a'],
  asker: ['sources:publish:a', 'sources:query:a'],
  admin: ['sources:admin', 'sources:read'],
  connector: ['sources:connect:a'],
};
class Users extends UserStore {
  async verify(name: string, password: string): Promise<User | undefined> {
    return name === password && SCOPES[name] ? { name, scopes: SCOPES[name] } : undefined;
  }
}

describe.each(HTTP_ADAPTERS)('The hub by HTTP on %s', (adapter) => {
  let running: RunningApplication;
  let connector: RawConnector;
  const tokens: Record<string, string> = {};
  beforeAll(async () => {
    running = await startApplication(
      [
        AuthModule.forRoot({ jwt: { secret: 'x'.repeat(40) }, users: new Users() }),
        ConnectorHubModule.forRoot({ sources: { a: { room: 'lab' }, b: {} }, queryTimeout: '10s' }),
      ],
      { adapter },
    );
    for (const name of Object.keys(SCOPES)) tokens[name] = await login(running.url, name);
    connector = await RawConnector.connect(running.wsUrl, 'a', { token: tokens['connector'] });
  });
  afterAll(() => running.close());

  const call = async (who: string, method: string, path: string, body?: unknown): Promise<[number, unknown]> => {
    const response = await fetch(`${running.url}${path}`, {
      method,
      headers: {
        ...(tokens[who] ? { Authorization: `Bearer ${tokens[who]}` } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return [response.status, text === '' ? undefined : (JSON.parse(text) as unknown)];
  };

  it.each([
    ['GET', '/sources/a', 'asker'],
    ['PUT', '/sources/a', 'asker'],
    ['DELETE', '/sources/a', 'reader'],
    ['GET', '/sources/a/notifications', 'asker'],
    ['POST', '/sources/a/publish', 'reader'],
    ['POST', '/sources/a/query', 'reader'],
    ['POST', '/sources/b/query', 'asker'],
    ['POST', '/sources/a/reconnect', 'asker'],
  ])('%s %s asks for a token, and refuses that of the %s', async (method, path, who) => {
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    expect((await call('nobody', method, path, body))[0]).toBe(401);
    expect(await call(who, method, path, body)).toEqual([403, { detail: expect.any(String) as string }]);
  });

  it('GET /sources shows each caller what it may read', async () => {
    expect((await call('nobody', 'GET', '/sources'))[0]).toBe(401);
    expect(await call('reader', 'GET', '/sources')).toMatchObject([200, [{ name: 'a', state: 'connected' }]]);
    expect(await call('admin', 'GET', '/sources')).toMatchObject([
      200,
      [{ name: 'a' }, { name: 'b', state: 'disconnected' }],
    ]);
    expect(await call('asker', 'GET', '/sources')).toEqual([200, []]);
  });

  it('connector#86: tells how often a connector has come back, and not when it was asked to', async () => {
    const reconnects = async (): Promise<unknown> => {
      const [, list] = await call('admin', 'GET', '/sources');
      return (list as { name: string; reconnects: number }[]).find(({ name }) => name === 'a')?.reconnects;
    };
    expect(await reconnects()).toBe(0);
    await connector.claim();
    expect(await reconnects()).toBe(0);
    await connector.close();
    connector = await RawConnector.connect(running.wsUrl, 'a', { token: tokens['connector'] });
    expect(await reconnects()).toBe(1);
  });

  it('publishes, and gives the kept notifications, oldest first', async () => {
    expect((await call('asker', 'POST', '/sources/a/publish', { target: 22 }))[0]).toBe(202);
    expect(await connector.next()).toMatchObject({ op: 'publish', object: { target: 22 } });
    for (const n of [1, 2, 3]) {
      connector.notify({ n });
      await connector.next();
    }
    const path = '/sources/a/notifications';
    expect(await call('reader', 'GET', `${path}?count=2`)).toMatchObject([
      200,
      [{ object: { n: 2 } }, { object: { n: 3 } }],
    ]);
    expect(await call('reader', 'GET', path)).toMatchObject([200, [{ object: { n: 1 } }, {}, {}]]);
    expect((await call('reader', 'GET', `${path}?count=many`))[0]).toBe(422);
  });

  it('queries: rows, the report of the connector, no answer in time, no connector, no source', async () => {
    const asked = call('asker', 'POST', '/sources/a/query', { count: 1 });
    const { object, address } = await connector.nextQuery();
    expect(object).toEqual({ count: 1 });
    connector.respond(address, 200, [{ n: 1 }]);
    expect(await asked).toEqual([200, [{ n: 1 }]]);

    const failing = call('asker', 'POST', '/sources/a/query', {});
    const report = { messageCode: 'com.example.bad', messageTemplate: 'Bad {0}', parameters: ['query'] };
    connector.respond((await connector.nextQuery()).address, 400, report);
    expect(await failing).toEqual([502, { detail: { ...report, message: 'Bad query' } }]);

    const unanswered = call('asker', 'POST', '/sources/a/query?timeout=50', {});
    await connector.nextQuery();
    expect(await unanswered).toMatchObject([504, { detail: { messageCode: 'millrace.hub.queryTimeout' } }]);
    expect((await call('asker', 'POST', '/sources/a/query?timeout=0', {}))[0]).toBe(422);

    const hub = running.app.get(ConnectorHub);
    await expect(hub.query('b')).rejects.toMatchObject({ status: 503 });
    await expect(hub.query('nobody')).rejects.toMatchObject({ status: 404 });
  });

  it('an asker that leaves in the middle of parts gives its query up', async () => {
    const leaving = new AbortController();
    const response = fetch(`${running.url}/sources/a/query?timeout=60000`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${tokens['asker']}`,
        'Content-Type': 'application/json',
        Accept: 'application/x-ndjson',
      },
      body: '{}',
      signal: leaving.signal,
    });
    const { address } = await connector.nextQuery();
    connector.respond(address, 100, [{ n: 1 }]);
    const reader = ((await response).body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('{"n":1}\n');
    leaving.abort();
    const hub = running.app.get(ConnectorHub);
    const open = (): number => hub.sessions()[0]?.openQueries ?? -1;
    await waitFor('the end of the query', () => open() === 0);
  });

  it('keeps, shows and deletes configurations', async () => {
    expect((await call('admin', 'PUT', '/sources/c', { room: 'hall' }))[0]).toBe(204);
    expect(await call('admin', 'GET', '/sources/c')).toMatchObject([
      200,
      { name: 'c', configuration: { room: 'hall' } },
    ]);
    for (const document of [[], 'text', 5])
      expect([400, 422]).toContain((await call('admin', 'PUT', '/sources/c', document))[0]);
    expect(await call('admin', 'GET', '/sources/c')).toMatchObject([200, { configuration: { room: 'hall' } }]);
    expect((await call('admin', 'DELETE', '/sources/c'))[0]).toBe(204);
    expect((await call('admin', 'DELETE', '/sources/c'))[0]).toBe(404);
    expect((await call('admin', 'GET', '/sources/c'))[0]).toBe(404);
    expect((await call('admin', 'POST', '/sources/b/reconnect', {}))[0]).toBe(503);
    expect((await call('admin', 'POST', '/sources/a/reconnect', {}))[0]).toBe(202);
    await waitFor('the request', () => connector.messages.at(-1)?.op === 'reconnectRequired');
    connector.sendClaim();
    await waitFor('the configuration', () => connector.messages.at(-1)?.op === 'configureExtension');
    expect(await call('reader', 'GET', '/sources')).toMatchObject([200, [{ name: 'a', state: 'connected' }]]);
  });
});
