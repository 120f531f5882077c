import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication, VersioningType } from '@nestjs/common';
import {
  AuthModule,
  type AuthOptions,
  developmentUsers,
  fileUsers,
  ManagedUserStore,
  TokenService,
  type UserStore,
} from '@millrace/auth';
import { redisUsers } from '@millrace/auth/redis';
import {
  BOTH_HTTP_ADAPTERS,
  type RunningApplication,
  startApplication,
  type StartOptions,
} from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { suiteRedis } from '../support/suite-redis.js';
import { bearer, login, PlacesModule, SECRET } from './support/places.js';

const PASSWORD = 'correct horse';
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

let directory: string;
const started: RunningApplication[] = [];
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'millrace-users-'))));
afterEach(async () => {
  for (const running of started.splice(0)) await running.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A server, and how its users are asked for. */
class Side {
  constructor(
    readonly running: RunningApplication,
    private readonly prefix = '',
  ) {}

  token(...scopes: string[]): string {
    return this.running.app.get(TokenService).issue({ name: 'admin', scopes }).token;
  }

  async ask(
    method: string,
    path: string,
    token?: string,
    body?: unknown,
  ): Promise<{ status: number; headers: Headers; body: any }> {
    const response = await fetch(`${this.running.url}${this.prefix}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : bearer(token).headers),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }
}

async function start(
  options: AuthOptions & { userRoutes?: boolean },
  more: StartOptions = {},
  prefix = '',
): Promise<Side> {
  const running = await startApplication(
    [
      AuthModule.forRoot({ jwt: { secret: SECRET }, throttle: false, dataDirectory: directory, ...options }),
      PlacesModule,
    ],
    more,
  );
  started.push(running);
  return new Side(running, prefix);
}

let made = 0;
const newFile = (): ManagedUserStore => fileUsers({ path: join(directory, `users-${(made += 1)}.json`) });

/** What a server promises of its users, wherever it keeps them. */
async function administers(side: Side): Promise<void> {
  const admin = side.token('*');
  const put = (body: object): ReturnType<Side['ask']> => side.ask('PUT', '/users/alice', admin, body);
  const added = await put({ password: PASSWORD, scopes: ['streams:read'] });
  expect([added.status, added.body]).toEqual([200, { name: 'alice', scopes: ['streams:read'], new: true }]);
  expect(added.headers.get('cache-control')).toBe('no-store');
  const listed = await side.ask('GET', '/users', admin);
  expect([listed.status, listed.body]).toEqual([
    200,
    [{ name: 'alice', scopes: ['streams:read'], created: expect.stringMatching(TIME) }],
  ]);
  expect(listed.headers.get('cache-control')).toBe('no-store');

  const entered = await login(side.running.url, { username: 'alice', password: PASSWORD });
  const { access_token: token } = (await entered.json()) as { access_token: string };
  const socket = await SocketClient.open(`${side.running.wsUrl}/socket/a`, bearer(token));
  const again = await put({ password: 'battery staple' });
  expect([again.status, again.body]).toEqual([200, { name: 'alice', scopes: ['streams:read'], new: false }]);
  expect(await socket.closed).toEqual({ code: 3000, reason: 'The token was revoked' });
  expect((await side.ask('GET', '/who', token)).status).toBe(401);
  expect((await login(side.running.url, { username: 'alice', password: PASSWORD })).status).toBe(401);

  const later = await login(side.running.url, { username: 'alice', password: 'battery staple' });
  const { access_token: held } = (await later.json()) as { access_token: string };
  const other = await put({ scopes: ['streams:write'] });
  expect([other.status, other.body]).toEqual([200, { name: 'alice', scopes: ['streams:write'], new: false }]);
  expect((await side.ask('GET', '/who', held)).status).toBe(401);
  expect((await login(side.running.url, { username: 'alice', password: 'battery staple' })).status).toBe(200);
  expect((await put({})).body).toEqual({ detail: 'password: send one, or scopes' });
  const unknown = await side.ask('PUT', '/users/bob', admin, { scopes: ['streams:write'] });
  expect([unknown.status, unknown.body]).toEqual([422, { detail: 'password: a new user must have one' }]);

  expect((await side.ask('DELETE', '/users/alice', admin)).status).toBe(204);
  expect((await side.ask('GET', '/users', admin)).body).toEqual([]);
  const gone = await side.ask('DELETE', '/users/alice', admin);
  expect([gone.status, gone.body]).toEqual([404, { detail: 'There is no such user' }]);
}

describe.each(BOTH_HTTP_ADAPTERS)('/users on %s', (adapter) => {
  it('stream-store#77: adds, lists and removes users, and revokes the tokens of before', async () => {
    await administers(await start({ users: newFile() }, { adapter }));
  });

  it.each(['streams', 'users:read', 'keys:admin'])('stream-store#77: is closed for a token with %s', async (scope) => {
    const side = await start({ users: newFile(), publicAreas: ['auth', 'users'] }, { adapter });
    for (const [method, path, body] of [
      ['GET', '/users'],
      ['PUT', '/users/bob', { password: PASSWORD }],
      ['DELETE', '/users/bob'],
    ] as const) {
      expect((await side.ask(method, path, side.token(scope), body)).status).toBe(403);
      expect((await side.ask(method, path, undefined, body)).status).toBe(401);
      expect((await side.ask(method, path, 'garbage', body)).status).toBe(401);
    }
    expect((await side.ask('GET', '/users', side.token('users:admin'))).body).toEqual([]);
  });

  it('stream-store#77: gives nobody the power to give what they do not hold, or to take over or remove who holds more', async () => {
    const users = newFile();
    await users.add({ name: 'root', password: PASSWORD, scopes: ['*'] });
    const side = await start({ users }, { adapter });
    const admin = side.token('users:admin', 'streams:read:camera*');
    const put = (name: string, ...scopes: string[]): ReturnType<Side['ask']> =>
      side.ask('PUT', `/users/${name}`, admin, { password: PASSWORD, ...(scopes.length > 0 ? { scopes } : {}) });
    for (const scope of ['*', 'streams', 'streams:read:*', 'streams:write:camera1', 'keys:admin']) {
      const refused = await put('bob', 'streams:read:camera1', scope);
      expect([refused.status, refused.body]).toEqual([403, { detail: `You do not hold the scope ${scope}` }]);
    }
    expect((await put('root')).status).toBe(403);
    expect((await side.ask('DELETE', '/users/root', admin)).status).toBe(403);
    expect((await users.list()).map(({ name }) => name)).toEqual(['root']);
    expect(await users.verify('root', PASSWORD)).toBeDefined();
    expect((await put('bob', 'users:admin', 'streams:read:camera1')).status).toBe(200);
  });

  it.each<[string, unknown, string]>([
    ['no password', { scopes: ['*'] }, 'password: '],
    ['a short password', { password: 'short' }, 'A password must have 8 to 1024 characters'],
    ['no list of scopes', { password: PASSWORD, scopes: '*' }, 'scopes: '],
    ['an empty list of scopes', { password: PASSWORD, scopes: [] }, 'scopes: '],
    ['a scope that is none', { password: PASSWORD, scopes: ['a b'] }, 'it is "a b"'],
    ['a member nobody knows', { password: PASSWORD, admin: true }, 'The body: '],
    ['a list', [], 'The body: '],
  ])('refuses %s', async (_name, body, detail) => {
    const side = await start({ users: newFile() }, { adapter });
    const answer = await side.ask('PUT', '/users/bob', side.token('*'), body);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toContain(detail);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await side.ask('GET', '/users', side.token('*'))).body).toEqual([]);
  });

  it.each<[string, (app: INestApplication) => void, string]>([
    ['a global prefix', (app) => void app.setGlobalPrefix('api'), '/api'],
    [
      'the root of an application with versions',
      (app) => void app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
      '',
    ],
  ])('works below %s', async (_name, prepare, prefix) => {
    const side = await start({ users: newFile() }, { adapter, prepare }, prefix);
    const admin = side.token('*');
    const name = 'böb the builder/%';
    const path = `/users/${encodeURIComponent(name)}`;
    expect((await side.ask('PUT', path, admin, { password: PASSWORD })).body).toEqual({ name, scopes: [], new: true });
    expect((await side.ask('DELETE', path, admin)).status).toBe(204);
  });

  it('manages a store of its own beside that of the logins, and ends tokens of the logins', async () => {
    const managedUsers = newFile();
    let closed = 0;
    managedUsers.close = async () => void (closed += 1);
    const side = await start({ users: developmentUsers(), managedUsers }, { adapter });
    const admin = side.token('*');
    await side.ask('PUT', '/users/alice', admin, { password: PASSWORD });
    const entered = await login(side.running.url, { username: 'alice', password: 'alice' });
    const { access_token: token } = (await entered.json()) as { access_token: string };
    expect((await side.ask('GET', '/who', token)).status).toBe(200);
    expect((await side.ask('DELETE', '/users/alice', admin)).status).toBe(204);
    expect((await side.ask('GET', '/who', token)).status).toBe(401);
    expect(side.running.app.get(ManagedUserStore)).toBe(managedUsers);
    await side.running.close();
    expect(closed).toBe(1);
  });

  it('closes a store that logs in and is managed once', async () => {
    const users = newFile();
    let closed = 0;
    users.close = async () => void (closed += 1);
    const side = await start({ users }, { adapter });
    await side.running.close();
    expect(closed).toBe(1);
  });

  const onlyAsked: UserStore = { verify: async () => undefined };
  it.each<[string, AuthOptions]>([
    ['development', {}],
    ['a store that is only asked', { users: onlyAsked }],
  ])('answers 501 with the remedy for users of %s', async (_name, options) => {
    const side = await start(options, { adapter });
    for (const [method, path, body] of [
      ['GET', '/users'],
      ['PUT', '/users/bob', { password: PASSWORD }],
      ['DELETE', '/users/bob'],
    ] as const) {
      const answer = await side.ask(method, path, side.token('*'), body);
      expect(answer.status).toBe(501);
      expect(answer.body.detail).toContain('the option managedUsers');
    }
  });

  it('is left out with userRoutes: false', async () => {
    const users = newFile();
    const side = await start({ users, userRoutes: false }, { adapter });
    expect((await side.ask('GET', '/users', side.token('*'))).status).toBe(404);
    expect(side.running.app.get(ManagedUserStore)).toBe(users);
  });
});

describe('/users with users in Redis', () => {
  let url: string;
  suiteRedis(({ redis }) => void (url = redis.url));

  it('stream-store#77: adds, lists and removes users, and revokes the tokens of before', async () => {
    const users = redisUsers({ url, keyPrefix: 'routes:', commandTimeout: '30s' });
    await administers(await start({ users, production: true }));
  });
});

it('/users refuses a store that cannot be managed', async () => {
  await expect(start({ managedUsers: developmentUsers() as ManagedUserStore })).rejects.toThrow(
    'option "managedUsers" must be a ManagedUserStore',
  );
});
