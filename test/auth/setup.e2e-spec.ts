import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Body, Controller, Injectable, Module, Post, VersioningType } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { UserFile } from '@millrace/accounts';
import { authOpenApi, AuthModule, fileUsers, TokenService, type User, UserStore } from '@millrace/auth';
import { Public } from '@millrace/core';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { bearer, login, PlacesModule, SECRET, startPlaces, tokenFor } from './support/places.js';

@Injectable()
class Directory {
  readonly users: Readonly<Record<string, string>> = { carol: 'of the host' };
}

@Module({ providers: [Directory], exports: [Directory] })
class DirectoryModule {}

@Injectable()
class HostUsers extends UserStore {
  constructor(private readonly directory: Directory) {
    super();
  }

  override async verify(name: string, password: string): Promise<User | undefined> {
    return this.directory.users[name] === password ? { name, scopes: ['streams:read'] } : undefined;
  }
}

describe.each(HTTP_ADAPTERS)('AuthModule on %s', (adapter) => {
  let running: RunningApplication | undefined;
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'millrace-auth-'));
  });
  afterEach(async () => {
    await running?.close();
    running = undefined;
    rmSync(directory, { recursive: true });
  });

  it("can be configured later, and injects into the host's own store of users", async () => {
    const auth = AuthModule.forRootAsync({
      imports: [DirectoryModule],
      inject: [Directory],
      useFactory: async () => ({ jwt: { secret: SECRET }, users: HostUsers }),
    });
    running = await startApplication([auth, PlacesModule], { adapter });
    const response = await login(running.url, { username: 'carol', password: 'of the host' });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const who = await fetch(`${running.url}/who`, bearer(token));
    expect(await who.json()).toEqual({ subject: 'carol', scopes: ['streams:read'] });
    expect((await login(running.url, { username: 'carol', password: 'carol' })).status).toBe(401);
  });

  it('works with a file of users, and in production', async () => {
    const path = join(directory, 'users.json');
    await new UserFile(path).add({ name: 'dave', password: 'correct horse', scopes: ['streams:read:a'] });
    const options = { production: true, dataDirectory: directory, jwt: { secret: SECRET } };
    running = await startPlaces(options, { adapter });
    expect((await login(running.url, { username: 'dave', password: 'correct horse' })).status).toBe(200);
    expect((await login(running.url, { username: 'dave', password: 'dave' })).status).toBe(401);
    expect((await login(running.url, { username: 'test', password: 'test' })).status).toBe(401);
  });

  it('keeps the secret of development: tokens outlive a restart', async () => {
    const options = { jwt: {}, dataDirectory: directory, production: false };
    const first = await startPlaces(options, { adapter });
    const token = await tokenFor(first.url);
    await first.close();
    running = await startPlaces(options, { adapter });
    expect((await fetch(`${running.url}/who`, bearer(token))).status).toBe(200);
  });

  it('serves /token below a global prefix', async () => {
    running = await startPlaces({}, { adapter, prepare: (app) => void app.setGlobalPrefix('api') });
    const form = new FormData();
    form.append('username', 'a');
    form.append('password', 'a');
    for (const body of [form, new URLSearchParams({ username: 'a', password: 'a' })]) {
      expect((await fetch(`${running.url}/api/token`, { method: 'POST', body })).status).toBe(200);
    }
  });

  it('answers 422 to a JSON body there too, which the host may have read by itself', async () => {
    running = await startPlaces({}, { adapter, prepare: (app) => void app.setGlobalPrefix('api') });
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ username: 'a', password: 'a' });
    expect((await fetch(`${running.url}/api/token`, { method: 'POST', headers, body })).status).toBe(422);
  });

  it('serves /token without a version, and leaves routes of the host that end alike to their parsers', async () => {
    @Controller('own')
    @Public()
    class Own {
      @Post('token')
      parsed(@Body() body: object): object {
        return body;
      }
    }
    @Module({ controllers: [Own] })
    class OwnModule {}
    const auth = AuthModule.forRoot({ jwt: { secret: SECRET } });
    running = await startApplication([auth, OwnModule], {
      adapter,
      prepare: (app) => void app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    });
    const body = new URLSearchParams({ username: 'a', password: 'a' });
    expect((await fetch(`${running.url}/token`, { method: 'POST', body })).status).toBe(200);
    const own = await fetch(`${running.url}/v1/own/token`, { method: 'POST', body });
    expect(await own.json()).toEqual({ username: 'a', password: 'a' });
  });

  it('sets no cookie, and looks at none, when cookies are off', async () => {
    running = await startPlaces({ cookie: false }, { adapter });
    const response = await login(running.url, { username: 'a', password: 'a' });
    expect(response.headers.get('set-cookie')).toBeNull();
    const headers = { Cookie: `authorization=Bearer ${await tokenFor(running.url)}` };
    expect((await fetch(`${running.url}/who`, { headers })).status).toBe(401);
  });

  it('lets the host issue tokens itself', async () => {
    running = await startPlaces({}, { adapter });
    const { token } = running.app.get(TokenService).issue({ name: 'robot', scopes: ['streams:read:a'] });
    expect((await fetch(`${running.url}/read/a`, bearer(token))).status).toBe(200);
    expect((await fetch(`${running.url}/read/b`, bearer(token))).status).toBe(403);
  });

  it('answers 500 without details when the store of users fails', async () => {
    class Broken extends UserStore {
      override async verify(): Promise<undefined> {
        throw new Error('secret details');
      }
    }
    running = await startPlaces({ users: Broken }, { adapter });
    const response = await login(running.url, { username: 'a', password: 'a' });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ detail: 'Internal server error' });
  });
});

it('marks the cookie Secure when the request came by TLS, told by a trusted proxy', async () => {
  const trusting = await startPlaces(
    {},
    { adapter: 'express', prepare: (app) => void (app as NestExpressApplication).set('trust proxy', 'loopback') },
  );
  const plain = await startPlaces({}, { adapter: 'express' });
  const headers = { 'X-Forwarded-Proto': 'https' };
  const body = new URLSearchParams({ username: 'a', password: 'a' });
  const cookieOf = async ({ url }: RunningApplication): Promise<string | null> =>
    (await fetch(`${url}/token`, { method: 'POST', body, headers })).headers.get('set-cookie');
  try {
    expect(await cookieOf(trusting)).toMatch(/; SameSite=lax; Secure$/);
    expect(await cookieOf(plain)).toMatch(/; SameSite=lax$/);
  } finally {
    await Promise.all([trusting.close(), plain.close()]);
  }
});

it('refuses to start in production with settings of development', async () => {
  const start = (options: object): Promise<unknown> => startPlaces({ production: true, ...options });
  await expect(start({ jwt: {} })).rejects.toThrow('option "jwt.secret" is missing');
  await expect(start({ developmentTokens: ['x'] })).rejects.toThrow('option "developmentTokens"');
  await expect(start({ users: fileUsers({ path: 'x' }), skipContexts: 'rmq' })).rejects.toThrow(
    'option "skipContexts"',
  );
});

it('describes /token for OpenAPI: every reference leads somewhere, every way of a token is a scheme', () => {
  const { paths, components } = authOpenApi();
  const references = [...JSON.stringify(paths).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(0);
  for (const [, kind = '', name = ''] of references) {
    expect(components).toHaveProperty([kind, name]);
  }
  expect(paths).toHaveProperty(['/token', 'post', 'requestBody', 'content', 'application/x-www-form-urlencoded']);
  expect(paths).toHaveProperty(['/token', 'post', 'requestBody', 'content', 'multipart/form-data']);
  expect(components?.securitySchemes).toEqual({
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    login: { type: 'oauth2', flows: { password: { tokenUrl: 'token', scopes: {} } } },
    tokenQuery: { type: 'apiKey', in: 'query', name: 'token' },
    tokenCookie: { type: 'apiKey', in: 'cookie', name: 'authorization' },
  });
});
