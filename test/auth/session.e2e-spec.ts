import { PTG_PRINTED_TOKEN, TokenService } from '@millrace/auth';
import { BOTH_HTTP_ADAPTERS } from '../support/applications.js';
import { KeyBench, type KeySide } from './support/key-sides.js';

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

describe.each(BOTH_HTTP_ADAPTERS)('GET /token on %s', (adapter) => {
  let bench: KeyBench;
  let side: KeySide;
  beforeAll(async () => {
    bench = await KeyBench.create();
    // No area opens it.
    side = await bench.start({ publicAreas: ['auth', 'places'], developmentTokens: [PTG_PRINTED_TOKEN] }, { adapter });
  });
  afterAll(() => bench.close());

  const issue = (): { token: string; id: string | undefined; expiresAt: number | undefined } => {
    const { token, principal } = side.running.app
      .get(TokenService)
      .issue({ name: 'alice', scopes: ['streams:read', 'rpc'] });
    return { token, id: principal.token?.id, expiresAt: principal.expiresAt };
  };

  it.each<[string, (token: string) => [path: string, headers: Record<string, string>]]>([
    ['the header', (token) => ['/token', { Authorization: `Bearer ${token}` }]],
    ['the query', (token) => [`/token?token=${token}`, {}]],
    ['the cookie', (token) => ['/token', { Cookie: `authorization="Bearer ${token}"` }]],
  ])('stream-store#76: says whose token it is that came in %s, and what it may do', async (_name, place) => {
    const { token, id, expiresAt = 0 } = issue();
    const [path, headers] = place(token);
    const answer = await side.fetch(path, { headers });
    expect([answer.status, answer.json()]).toEqual([
      200,
      {
        subject: 'alice',
        kind: 'token',
        scopes: ['streams:read', 'rpc'],
        expires: new Date(expiresAt).toISOString(),
        id,
      },
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).not.toContain(token.slice(-20));
  });

  it('stream-store#76: the id of the answer revokes the token', async () => {
    const { token } = issue();
    const { id } = (await side.fetch('/token', side.with(token))).json() as { id: string };
    expect((await side.fetch(`/tokens/${id}`, { method: 'DELETE', ...side.with(token) })).status).toBe(204);
    expect((await side.fetch('/token', side.with(token))).status).toBe(401);
  });

  it.each([
    ['that runs out', '90d', expect.stringMatching(TIME) as string],
    ['that does not', null, null],
  ])('stream-store#76: says whose key it is, one %s', async (_name, expires, expected) => {
    const { key, id } = await bench.key({ scopes: ['streams:write:camera*'], expires });
    const answer = await side.fetch('/token', side.with(key));
    expect([answer.status, answer.json()]).toEqual([
      200,
      { subject: id, kind: 'key', scopes: ['streams:write:camera*'], expires: expected, id },
    ]);
    expect(answer.text).not.toContain(key.slice(16));
  });

  it('stream-store#76: a token of development has no id, and does not run out', async () => {
    const answer = await side.fetch('/token', side.with(PTG_PRINTED_TOKEN));
    expect(answer.json()).toEqual({ subject: 'development', kind: 'token', scopes: ['*'], expires: null });
  });

  it.each([
    ['nothing', {}],
    ['garbage', { Authorization: 'Bearer garbage' }],
    ['another scheme', { Authorization: 'Basic YTpi' }],
  ])('stream-store#76: is 401 for %s, and never kept by a cache', async (_name, headers) => {
    const answer = await side.fetch('/token', { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('Bearer');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('stream-store#76: a cookie does not count for a page of another site', async () => {
    const { token } = issue();
    const headers = {
      Cookie: `authorization="Bearer ${token}"`,
      Origin: 'https://evil.example',
      'Sec-Fetch-Site': 'cross-site',
    };
    expect((await side.fetch('/token', { headers })).status).toBe(401);
  });

  it('works below a global prefix', async () => {
    const own = await bench.start({ tls: false }, { adapter, prepare: (app) => void app.setGlobalPrefix('api') });
    const { token } = own.running.app.get(TokenService).issue({ name: 'bob', scopes: [] });
    expect((await own.fetch('/api/token', own.with(token))).json()).toMatchObject({ subject: 'bob', scopes: [] });
  });
});
