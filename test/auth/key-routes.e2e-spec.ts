import { inspect } from 'node:util';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type INestApplication, Logger, type LoggerService, VersioningType } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiKeyService, ApiKeyStore, AuthModule, authOpenApi, type StoredApiKey, TokenService } from '@millrace/auth';
import { storedApiKey } from '@millrace/auth/testing';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { KeyBench, type KeySide } from './support/key-sides.js';
import { bearer, SECRET } from './support/places.js';

@Injectable()
class HostKeys extends ApiKeyStore {
  constructor(private readonly host: HttpAdapterHost) {
    super();
  }

  override async find(): Promise<undefined> {
    return undefined;
  }

  override async list(): Promise<StoredApiKey[]> {
    return this.host.httpAdapter ? [storedApiKey({ name: 'of the host' })] : [];
  }

  override async add(): Promise<void> {}

  override async revoke(): Promise<boolean> {
    return false;
  }

  override async touch(): Promise<void> {}
}

const GOOD = { name: 'weather station', scopes: ['streams:write:weather*'], expires: '90d' };
const FORM = /^mr_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}$/;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

describe.each(HTTP_ADAPTERS)('/keys on %s', (adapter) => {
  let bench: KeyBench;
  let secure: KeySide;
  let plain: KeySide;
  beforeAll(async () => {
    bench = await KeyBench.create();
    secure = await bench.start({ publicAreas: ['auth', 'keys'] }, { adapter });
    plain = await bench.start({ tls: false }, { adapter });
  });
  afterAll(() => bench.close());

  const tokenOf = (side: KeySide, ...scopes: string[]): string =>
    side.running.app.get(TokenService).issue({ name: 'alice', scopes }).token;
  const post = (side: KeySide, body: unknown, token: string, headers: Record<string, string> = {}) =>
    side.fetch('/keys', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...side.with(token, { 'Content-Type': 'application/json', ...headers }),
    });
  const list = async (token = tokenOf(secure, '*')): Promise<any[]> =>
    (await secure.fetch('/keys', secure.with(token))).json();
  /** Without their last uses, which are written in the background up to a minute later. */
  const kept = async (): Promise<object[]> => (await list()).map(({ lastUsed: _, ...key }) => key);

  it('makes a key, shows it once, lists it without its secret, and revokes it', async () => {
    const admin = tokenOf(secure, 'keys:admin', 'streams');
    const made = await post(secure, GOOD, admin);
    expect(made.status).toBe(201);
    expect(made.headers['cache-control']).toBe('no-store');
    const { key, ...record } = made.json();
    expect(key).toMatch(FORM);
    expect(record).toEqual({
      id: key.slice(3, 15),
      name: 'weather station',
      scopes: ['streams:write:weather*'],
      created: expect.stringMatching(TIME),
      expires: expect.stringMatching(TIME),
      lastUsed: null,
    });
    expect(Date.parse(record.expires) - Date.parse(record.created)).toBe(90 * 86_400_000);
    const listed = await secure.fetch('/keys', secure.with(admin));
    expect(listed.headers['cache-control']).toBe('no-store');
    expect(listed.json()).toContainEqual(record);
    expect(listed.text).not.toContain(key.slice(16));
    expect((await secure.fetch('/who', secure.with(key))).status).toBe(200);
    const used = await waitFor('its last use', async () => {
      const found = (await list()).find(({ id }) => id === record.id);
      return found?.lastUsed ?? undefined;
    });
    expect(used).toMatch(TIME);
    const revoke = { method: 'DELETE', ...secure.with(admin) };
    expect((await secure.fetch(`/keys/${record.id}`, revoke)).status).toBe(204);
    expect((await secure.fetch('/who', secure.with(key))).status).toBe(401);
    expect((await secure.fetch(`/keys/${record.id}`, revoke)).json()).toEqual({ detail: 'There is no such key' });
    expect((await list()).map(({ id }) => id)).not.toContain(record.id);
  });

  it('closes the sockets of a key before the answer to its revocation is read', async () => {
    const own = await bench.start({ keys: { recheckInterval: '1h' } }, { adapter });
    const { key, id } = await bench.key();
    const socket = await own.open('/data/camera/pull', key);
    const revoke = { method: 'DELETE', ...own.with(tokenOf(own, '*')) };
    expect((await own.fetch(`/keys/${id}`, revoke)).status).toBe(204);
    expect(await socket.closed).toEqual({ code: 3000, reason: 'The API key was revoked' });
  });

  it.each([
    ['a token without the scope', () => tokenOf(secure, 'streams', 'rpc', 'keys:read'), 403],
    ['garbage', () => 'garbage', 401],
  ])('is closed for %s, whatever areas are open', async (_name, token, status) => {
    const before = await kept();
    const [key] = await list();
    expect((await post(secure, GOOD, token())).status).toBe(status);
    expect((await secure.fetch('/keys', secure.with(token()))).status).toBe(status);
    const revoke = { method: 'DELETE', ...secure.with(token()) };
    expect((await secure.fetch(`/keys/${key?.id}`, revoke)).status).toBe(status);
    expect(await kept()).toEqual(before);
  });

  it('is closed for nobody in particular, before a body is read', async () => {
    expect((await secure.fetch('/keys')).status).toBe(401);
    expect((await secure.fetch('/keys', { method: 'POST', body: '{' })).json()).toEqual({
      detail: 'Not authenticated',
    });
    expect((await secure.fetch('/keys/a', { method: 'DELETE' })).status).toBe(401);
  });

  it('gives nobody the power to give what they do not hold', async () => {
    const admin = tokenOf(secure, 'keys:admin', 'streams:read:camera*');
    const grant = (...scopes: string[]) => post(secure, { name: 'a', scopes }, admin);
    for (const scope of ['*', 'streams', 'streams:read', 'streams:read:*', 'streams:write:camera1', 'streams:admin']) {
      const refused = await grant('streams:read:camera1', scope);
      expect(refused.status).toBe(403);
      expect(refused.json()).toEqual({
        detail: `You do not hold the scope ${scope}, so you cannot give it to a key`,
      });
    }
    expect((await grant('streams:read:camera*', 'streams:read:camera1', 'keys:admin')).status).toBe(201);
  });

  it('can be used with a key, within its scopes', async () => {
    const { key } = await bench.key({ scopes: ['keys', 'rpc'] });
    const made = await post(secure, { name: 'b', scopes: ['rpc:call:who'] }, key);
    expect(made.status).toBe(201);
    expect((await post(secure, { name: 'b', scopes: ['streams'] }, key)).status).toBe(403);
  });

  it.each<[string, unknown, number, string]>([
    ['no body', '', 400, 'The body is not JSON'],
    ['no JSON', '{"name": "secret', 400, 'The body is not JSON'],
    ['a list', [], 422, 'The body: '],
    ['null', null, 422, 'The body: '],
    ['no name', { scopes: ['*'] }, 422, 'name: '],
    ['a name that is no text', { ...GOOD, name: 1 }, 422, 'name: '],
    ['an empty name', { ...GOOD, name: '' }, 422, 'The name of a key must'],
    ['no scopes', { name: 'a' }, 422, 'scopes: '],
    ['an empty list of scopes', { ...GOOD, scopes: [] }, 422, 'A key must have 1 to 100 scopes'],
    ['scopes that are one text', { ...GOOD, scopes: '*' }, 422, 'scopes: '],
    ['a scope that is none', { ...GOOD, scopes: ['a b'] }, 422, 'it is "a b"'],
    ['an expiry that cannot be read', { ...GOOD, expires: 'soon' }, 422, 'The expiry must be a time span'],
    ['an expiry that is past', { ...GOOD, expires: '2020-01-01' }, 422, 'lies in the past'],
    ['a number as expiry', { ...GOOD, expires: 90 }, 422, 'expires: '],
    ['a member nobody knows', { ...GOOD, secret: 'mine' }, 422, 'The body: '],
    ['a body without end', { ...GOOD, name: 'a'.repeat(200_000) }, 413, 'The body is larger than'],
  ])('refuses %s', async (_name, body, status, detail) => {
    const before = await kept();
    const answer = await post(secure, body, tokenOf(secure, '*'));
    expect(answer.status).toBe(status);
    expect(answer.json().detail).toContain(detail);
    expect(answer.text).not.toContain('secret"');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await kept()).toEqual(before);
  });

  it('shows a new key in the clear on the machine itself only', async () => {
    const admin = tokenOf(plain, '*');
    expect((await post(plain, GOOD, admin)).status).toBe(201);
    for (const name of ['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP', 'X-Forwarded-Proto']) {
      const refused = await post(plain, GOOD, admin, { [name]: 'for=10.0.0.1' });
      expect(refused.status).toBe(403);
      expect(refused.json().detail).toContain('A new key is shown on TLS connections only');
    }
    const proxied = await bench.start({ tls: false, keys: { trustProxy: ['127.0.0.1'] } }, { adapter });
    const headers = { 'X-Forwarded-For': '10.0.0.1', 'X-Forwarded-Proto': 'https' };
    expect((await post(proxied, GOOD, tokenOf(proxied, '*'), headers)).status).toBe(201);
  });

  it('makes so many keys a minute, and no more', async () => {
    const own = await bench.start({ throttle: { limit: 3 } }, { adapter });
    const admin = tokenOf(own, '*');
    const began = Date.now();
    for (let made = 0; made < 3; made += 1) expect((await post(own, GOOD, admin)).status).toBe(201);
    const refused = await post(own, GOOD, admin);
    expect(refused.status).toBe(429);
    const passed = Math.ceil((Date.now() - began) / 1000);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(60 - passed);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(refused.json().detail).toMatch(/^Too many new keys; try again in \d+ s$/);
    expect((await own.fetch('/keys', own.with(admin))).status).toBe(200);
  });

  it.each<[string, (app: INestApplication) => void, string]>([
    ['a global prefix', (app) => void app.setGlobalPrefix('api'), '/api'],
    [
      'the root of an application with versions',
      (app) => void app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
      '',
    ],
  ])('works below %s', async (_name, prepare, path) => {
    const own = await bench.start({}, { adapter, prepare });
    const answer = await own.fetch(`${path}/keys`, {
      method: 'POST',
      body: JSON.stringify(GOOD),
      ...own.with(tokenOf(own, '*'), { 'Content-Type': 'application/json' }),
    });
    expect(answer.status).toBe(201);
  });

  describe('in a host', () => {
    let running: RunningApplication | undefined;
    afterEach(async () => {
      await running?.close();
      running = undefined;
    });
    const start = async (options: object): Promise<number> => {
      running = await startApplication([AuthModule.forRoot({ jwt: { secret: SECRET }, ...options })], { adapter });
      const { token } = running.app.get(TokenService).issue({ name: 'alice', scopes: ['*'] });
      return (await fetch(`${running.url}/keys`, bearer(token))).status;
    };

    it('is left out with keyRoutes: false', async () => {
      expect(await start({ keyRoutes: false, dataDirectory: bench.directory })).toBe(404);
      expect(await running?.app.get(ApiKeyService).list()).toEqual(expect.any(Array));
    });

    it('answers 501 where keys are turned off; keys are texts like others then', async () => {
      expect(await start({ apiKeys: false })).toBe(501);
      const { key } = await bench.key();
      expect((await fetch(`${running?.url}/keys`, bearer(key))).status).toBe(401);
    });

    it('keeps keys in the data directory by default', async () => {
      expect(await start({ dataDirectory: bench.directory })).toBe(200);
    });

    it('keeps keys in a store of its own class, with what is injected there', async () => {
      expect(await start({ apiKeys: { store: HostKeys } })).toBe(200);
      const keys = await running?.app.get(ApiKeyService).list();
      expect(keys?.map(({ name }) => name)).toEqual(['of the host']);
    });

    it('answers 500 without details when the file of keys is broken', async () => {
      const broken = await KeyBench.create();
      try {
        writeFileSync(join(broken.directory, 'api-keys.json'), '{"secret');
        const side = await broken.start({}, { adapter });
        const answer = await side.fetch(
          '/read/a',
          side.with('mr_000000000000_0000000000000000000000000000000000000000000'),
        );
        expect(answer.status).toBe(500);
        expect(answer.text).not.toMatch(/secret|json/);
        // Tokens go on.
        expect((await side.fetch('/read/a', side.with(tokenOf(side, '*')))).status).toBe(200);
      } finally {
        await broken.close();
      }
    });

    it('refuses to start with options that are no good', async () => {
      await expect(start({ apiKeys: { trustProxy: 'example.org' } })).rejects.toThrow('option "apiKeys.trustProxy"');
      await expect(start({ apiKeys: { trustProxy: true } })).rejects.toThrow('option "apiKeys');
      await expect(start({ apiKeys: { store: {} } })).rejects.toThrow('option "apiKeys');
      await expect(start({ apiKeys: { recheckInterval: 0 } })).rejects.toThrow('option "apiKeys');
    });
  });
});

describe('What is logged about keys', () => {
  const lines: string[] = [];
  const keep = (...parts: unknown[]): void => void lines.push(parts.map((part) => inspect(part)).join(' '));
  const logger: LoggerService = { log: keep, error: keep, warn: keep, debug: keep, verbose: keep, fatal: keep };
  let bench: KeyBench;
  beforeAll(async () => {
    bench = await KeyBench.create();
  });
  afterAll(async () => {
    await bench.close();
    Logger.overrideLogger(false);
  });

  it('are ids, never keys, whether let in or refused', async () => {
    const secure = await bench.start({}, { logger });
    const plain = await bench.start({ tls: false }, { logger });
    const service = secure.running.app.get(ApiKeyService);
    const { key, record } = await service.create({ name: 'a', scopes: ['*'] });
    for (const side of [secure, plain]) {
      for (const text of [key, `${key.slice(0, -3)}xyz`]) {
        await side.fetch(`/who?token=${text}`);
        await side.fetch(`/nowhere?token=${text}`);
        await side.fetch('/who', side.with(text));
        await side.handshake('/data/a/push', text);
        await side.handshake(`/nowhere?token=${text}`, text);
        const connector = await side.connector();
        await connector.validate(text);
        await connector.client.close();
      }
    }
    const socket: SocketClient = await secure.open('/data/a/pull', key);
    expect(await service.revoke(record.id)).toBe(true);
    await socket.closed;
    const log = lines.join('\n');
    expect(log).toContain(`The API key ${record.id} was made`);
    expect(log).toContain(`The API key ${record.id} was revoked`);
    expect(log).not.toContain(key.slice(16, 50));
  });
});

it('the OpenAPI fragment describes the routes of tokens, keys and users, and every reference leads somewhere', () => {
  const { paths, components } = authOpenApi();
  for (const [, kind = '', name = ''] of JSON.stringify(paths).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)) {
    expect(components).toHaveProperty([kind, name]);
  }
  expect(Object.keys(paths)).toEqual([
    '/token',
    '/logout',
    '/token/revoke',
    '/tokens',
    '/tokens/{id}',
    '/keys',
    '/keys/{id}',
    '/users',
    '/users/{name}',
  ]);
});
