import { PTG_PRINTED_TOKEN } from '@millrace/auth';
import { HTTP_ADAPTERS, type RunningApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { bearer, login, startPlaces, tokenFor } from './support/places.js';

const THIRTY_DAYS = 30 * 86_400;

const payloadOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe.each(HTTP_ADAPTERS)('Tokens on %s', (adapter) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startPlaces({ throttle: false, developmentTokens: [PTG_PRINTED_TOKEN] }, { adapter });
  });
  afterAll(() => running.close());

  const form = (fields: Record<string, string>): FormData => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    return data;
  };

  it.each([
    ['urlencoded', (fields: Record<string, string>) => new URLSearchParams(fields)],
    ['multipart', form],
  ])('stream-store#1: a name and the same password, %s, give a bearer token', async (_name, encode) => {
    const before = Math.floor(Date.now() / 1000);
    const response = await login(
      running.url,
      encode({
        username: 'ptg',
        password: 'ptg',
        grant_type: 'password',
        scope: '',
        client_id: 'x',
        client_secret: 'y',
      }),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = (await response.json()) as { access_token: string; token_type: string };
    expect(Object.keys(body).sort()).toEqual(['access_token', 'token_type']);
    expect(body.token_type).toBe('bearer');
    const [header = '', , signature] = body.access_token.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(signature).toHaveLength(43);
    const { sub, exp, scope, ...rest } = payloadOf(body.access_token);
    expect({ sub, scope }).toEqual({ sub: 'ptg', scope: '*' });
    // Ours: by these a token can be revoked.
    expect(rest).toEqual({ iat: expect.any(Number), jti: expect.stringMatching(/^[0-9a-f]{32}$/), mr_epochs: [] });
    expect(Number(exp) - Number(rest['iat'])).toBe(THIRTY_DAYS);
    expect(Number(rest['iat'])).toBeGreaterThanOrEqual(before);
    expect(Number(rest['iat'])).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('stream-store#2: another password is 401 with WWW-Authenticate and a detail', async () => {
    const response = await login(running.url, { username: 'ptg', password: 'other' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(await response.json()).toEqual({
      detail: 'Incorrect username or password',
      error: 'invalid_grant',
      error_description: 'Incorrect username or password',
    });
  });

  it('stream-store#25: a slash at the end of the path does not matter', async () => {
    const body = new URLSearchParams({ username: 'a', password: 'a' });
    expect((await fetch(`${running.url}/token/`, { method: 'POST', body })).status).toBe(200);
  });

  const missing = (field: string): object => ({
    loc: ['body', field],
    msg: 'field required',
    type: 'value_error.missing',
  });
  const json = { 'Content-Type': 'application/json' };
  it.each([
    ['no password', { body: new URLSearchParams({ username: 'a' }) }, [missing('password')]],
    ['no username', { body: new URLSearchParams({ password: 'a' }) }, [missing('username')]],
    [
      'empty fields',
      { body: new URLSearchParams({ username: '', password: '' }) },
      [missing('username'), missing('password')],
    ],
    ['an empty multipart field', { body: form({ username: 'a', password: '' }) }, [missing('password')]],
    ['no body', {}, [missing('username'), missing('password')]],
    [
      'a JSON body',
      { body: '{"username":"a","password":"a"}', headers: json },
      [missing('username'), missing('password')],
    ],
    ['a broken JSON body', { body: '{', headers: json }, [missing('username'), missing('password')]],
    [
      'a broken multipart body',
      { body: '--x\r\nnonsense', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } },
      [missing('username'), missing('password')],
    ],
    [
      'multipart without a boundary',
      { body: 'x', headers: { 'Content-Type': 'multipart/form-data' } },
      [missing('username'), missing('password')],
    ],
  ])('answers 422 to %s', async (_name, init: RequestInit, detail) => {
    const response = await fetch(`${running.url}/token`, { method: 'POST', ...init });
    expect(response.status).toBe(422);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ detail, error: 'invalid_request' });
  });

  it('answers 422 to a wrong grant_type, and 413 to a body far too large', async () => {
    const wrong = await login(running.url, { username: 'a', password: 'a', grant_type: 'client_credentials' });
    expect(wrong.status).toBe(422);
    expect(await wrong.json()).toMatchObject({
      detail: [{ loc: ['body', 'grant_type'] }],
      error: 'unsupported_grant_type',
    });
    const large = await login(running.url, { username: 'a', password: 'a'.repeat(20_000) });
    expect(large.status).toBe(413);
    expect(await large.json()).toEqual({ detail: 'The body is larger than 16384 bytes' });
  });

  it('stream-store#3: REST without a token is 401; a bearer header of any case is let in', async () => {
    const refused = await fetch(`${running.url}/who`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused.json()).toEqual({ detail: 'Not authenticated' });
    const token = await tokenFor(running.url);
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
      const response = await fetch(`${running.url}/who`, { headers: { Authorization: `${scheme} ${token}` } });
      expect(await response.json()).toEqual({ subject: 'alice', scopes: ['*'] });
    }
  });

  it('stream-store#3: another scheme is as good as none', async () => {
    for (const value of ['Basic YTph', 'Bearer', 'Bearer  ', 'Bearertoken']) {
      const response = await fetch(`${running.url}/who`, { headers: { Authorization: value } });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toEqual({ detail: 'Not authenticated' });
    }
  });

  it('stream-store#4: a handshake without a token is refused with 401, with a header it is let in', async () => {
    const refused = await refusedHandshake(`${running.wsUrl}/socket/a`);
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(refused.body)).toEqual({ detail: 'Not authenticated' });
    const client = await SocketClient.open(`${running.wsUrl}/socket/a`, bearer(await tokenFor(running.url)));
    expect(await client.nextText()).toBe('alice');
    await client.close();
  });

  it('stream-store#5: the token printed in the README opens, in development, REST and sockets', async () => {
    const response = await fetch(`${running.url}/who`, bearer(PTG_PRINTED_TOKEN));
    expect(response.status).toBe(200);
    const client = await SocketClient.open(`${running.wsUrl}/socket/a`, bearer(PTG_PRINTED_TOKEN));
    expect(await client.nextText()).toBe('development');
    await client.close();
    expect((await fetch(`${running.url}/who`, bearer(`${PTG_PRINTED_TOKEN}x`))).status).toBe(401);
  });

  it('stream-store#23: the cookie is set in the exact form of the protocol', async () => {
    const response = await login(running.url, { username: 'a', password: 'a' });
    const { access_token: token } = (await response.json()) as { access_token: string };
    expect(response.headers.get('set-cookie')).toBe(
      `authorization="Bearer ${token}"; HttpOnly; Max-Age=2591940; Path=/; SameSite=lax`,
    );
  });

  it.each([
    ['?exp=60', 60],
    ['?exp=0', 2_591_940],
    ['?exp=', 2_591_940],
    ['?exp=99999999', 2_591_940],
  ])('stream-store#23: %s sets the age of the cookie to %d, and does not change the token', async (query, age) => {
    const response = await login(running.url, { username: 'a', password: 'a' }, query);
    expect(response.headers.get('set-cookie')).toContain(`; Max-Age=${age};`);
    const { access_token: token } = (await response.json()) as { access_token: string };
    const { iat, exp } = payloadOf(token);
    expect(Number(exp) - Number(iat)).toBe(THIRTY_DAYS);
  });

  it.each(['?exp=-1', '?exp=soon', '?exp=1.5'])('stream-store#23: %s is 422', async (query) => {
    const response = await login(running.url, { username: 'a', password: 'a' }, query);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ detail: [{ loc: ['query', 'exp'] }] });
  });

  it.each([
    ['quoted', (token: string) => `"Bearer ${token}"`],
    ['unquoted', (token: string) => `Bearer ${token}`],
    ['percent-encoded', (token: string) => `Bearer%20${token}`],
    ['percent-encoded with its quotes', (token: string) => `%22Bearer%20${token}%22`],
    ['of another case', (token: string) => `bearer ${token}`],
  ])('stream-store#23: the cookie opens REST and sockets, %s', async (_name, write) => {
    const headers = { Cookie: `theme=dark; authorization=${write(await tokenFor(running.url))}; x` };
    expect((await fetch(`${running.url}/who`, { headers })).status).toBe(200);
    await (await SocketClient.open(`${running.wsUrl}/socket/a`, { headers })).close();
  });

  it('stream-store#24: ?token= opens REST and sockets', async () => {
    const token = await tokenFor(running.url);
    expect((await fetch(`${running.url}/who?x=1&token=${token}`)).status).toBe(200);
    await (await SocketClient.open(`${running.wsUrl}/socket/a?token=${token}`)).close();
  });

  it('takes query before header before cookie, the first one present even when it is bad', async () => {
    const good = await tokenFor(running.url);
    const status = async (query: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(`${running.url}/who${query}`, { headers })).status;
    const header = { Authorization: `Bearer ${good}` };
    const cookie = { Cookie: `authorization=Bearer ${good}` };
    expect(await status('?token=bad', { ...header, ...cookie })).toBe(401);
    expect(await status(`?token=${good}`, { Authorization: 'Bearer bad' })).toBe(200);
    expect(await status('', { Authorization: 'Bearer bad', ...cookie })).toBe(401);
    expect(await status('', { Authorization: 'Basic bad', ...cookie })).toBe(200);
    expect(await status('?token=', cookie)).toBe(200);
  });

  it('ignores tokens on a public place', async () => {
    for (const token of ['bad', await tokenFor(running.url)]) {
      const response = await fetch(`${running.url}/open`, bearer(token));
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ subject: null });
    }
  });

  it('stream-store§12: header and payload can be read with the plain base64 alphabet, whatever the name', async () => {
    const name = 'a>b?c~d>>??~~é😀\u007f';
    const token = await tokenFor(running.url, name);
    expect(token.split('.').slice(0, 2).join('')).toMatch(/^[A-Za-z0-9]+$/);
    expect(payloadOf(token)['sub']).toBe(name);
    expect(await (await fetch(`${running.url}/who`, bearer(token))).json()).toMatchObject({ subject: name });
  });
});
