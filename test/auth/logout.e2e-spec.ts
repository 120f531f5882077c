import type { AuthOptions } from '@millrace/auth';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, type StartOptions } from '../support/applications.js';
import { dataDirectory } from '../support/reference.js';
import { bearer, login, startPlaces, tokenFor } from './support/places.js';

describe.each(BOTH_HTTP_ADAPTERS)('Logging out on %s', (adapter) => {
  const data = dataDirectory();
  let running: RunningApplication | undefined;
  afterAll(() => data.remove());
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  async function start(options: AuthOptions = {}, more: StartOptions = {}): Promise<string> {
    running = await startPlaces({ throttle: false, dataDirectory: data.path, ...options }, { adapter, ...more });
    return running.url;
  }

  /** The name, the attributes without the age, and the age. */
  function parts(response: Response): { name: string; age: string | undefined; attributes: string[] } {
    const [pair = '', ...attributes] = (response.headers.get('set-cookie') ?? '').split('; ');
    const age = attributes.find((one) => one.startsWith('Max-Age='));
    return { name: pair.split('=')[0] ?? '', age, attributes: attributes.filter((one) => one !== age) };
  }

  it.each([
    ['by default', {}],
    ['on a path of its own', { path: '/inner', sameSite: 'strict' }],
    ['for every site', { sameSite: 'none', secure: true }],
  ] as const)('ends the cookie with exactly the attributes it was set with, %s', async (_name, cookie) => {
    const url = await start({ cookie });
    const set = parts(await login(url, { username: 'a', password: 'a' }));
    const response = await fetch(`${url}/logout`, { method: 'POST' });
    expect([response.status, await response.text(), response.headers.get('cache-control')]).toEqual([
      204,
      '',
      'no-store',
    ]);
    expect(set.age).not.toBe('Max-Age=0');
    expect(parts(response)).toEqual({ ...set, age: 'Max-Age=0' });
    expect(response.headers.get('set-cookie')).toMatch(/^authorization=;/);
  });

  it('revokes the token of the cookie, and of nothing else', async () => {
    const url = await start();
    const [left, kept] = [await tokenFor(url, 'a'), await tokenFor(url, 'b')];
    const headers = { Cookie: `authorization="Bearer ${left}"`, Authorization: `Bearer ${kept}` };
    expect((await fetch(`${url}/logout?token=${kept}`, { method: 'POST', headers })).status).toBe(204);
    const status = async (token: string): Promise<number> => (await fetch(`${url}/who`, bearer(token))).status;
    expect([await status(left), await status(kept)]).toEqual([401, 200]);
  });

  it('marks the end as secure where the cookie was, behind a proxy with TLS', async () => {
    const url = await start({ apiKeys: { trustProxy: 'loopback' } });
    const headers = { 'X-Forwarded-Proto': 'https' };
    const response = await fetch(`${url}/logout`, { method: 'POST', headers });
    expect(parts(response).attributes).toContain('Secure');
  });

  it('asks for nothing: with no token, a wrong one or one that has ended, twice, and with any body', async () => {
    const url = await start();
    const token = await tokenFor(url);
    const requests: RequestInit[] = [
      {},
      { headers: { Cookie: `authorization=Bearer ${token}` } },
      { headers: { Cookie: `authorization=Bearer ${token}` } },
      { headers: { Authorization: 'Bearer nonsense' } },
      { headers: { 'Content-Type': 'application/json' } },
      { headers: { 'Content-Type': 'application/json' }, body: '{' },
      { headers: { 'Content-Type': 'text/strange' }, body: 'x'.repeat(100_000) },
      { body: new URLSearchParams({ a: 'b' }) },
    ];
    for (const init of requests) {
      const response = await fetch(`${url}/logout`, { method: 'POST', ...init });
      expect([init, response.status, parts(response).age]).toEqual([init, 204, 'Max-Age=0']);
    }
    expect((await fetch(`${url}/logout/`, { method: 'POST' })).status).toBe(204);
    const page = await fetch(`${url}/logout`);
    expect([page.status, page.headers.get('set-cookie')]).toEqual([404, null]);
  });

  it('answers below a prefix, and sets no cookie where there are none', async () => {
    const url = await start({ cookie: false }, { prepare: (app) => void app.setGlobalPrefix('api') });
    const response = await fetch(`${url}/api/logout`, { method: 'POST' });
    expect([response.status, response.headers.get('set-cookie')]).toEqual([204, null]);
  });
});
