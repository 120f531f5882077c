import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthModule, fileUsers } from '@millrace/auth';
import {
  connect,
  ConfigurationError,
  ForbiddenError,
  type Millrace,
  NotFoundError,
  nodeSources,
} from '@millrace/client';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';

const sources = nodeSources({ environment: {}, home: '/nonexistent' });
const PASSWORD = 'correct horse';
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

describe.each(HTTP_ADAPTERS)('Accounts by connect() on %s', (adapter) => {
  let directory: string;
  let running: RunningApplication;
  let millrace: Millrace;
  const open = (login?: { name: string; password: string }): Promise<Millrace> =>
    connect(running.url, { sources, check: false, ...(login && { login }) });
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'millrace-accounts-'));
    const users = fileUsers({ path: join(directory, 'users.json') });
    await users.add({ name: 'root', password: PASSWORD, scopes: ['*'] });
    running = await startApplication(
      [
        AuthModule.forRoot({
          jwt: { secret: 'a secret of at least thirty-two bytes' },
          users,
          dataDirectory: directory,
          throttle: false,
        }),
      ],
      { adapter },
    );
    millrace = await open({ name: 'root', password: PASSWORD });
  });
  afterAll(async () => {
    await millrace?.close();
    await running?.close();
    rmSync(directory, { recursive: true });
  });

  it('are users who are put, listed and removed', async () => {
    const { users } = millrace;
    const name = 'böb/..';
    expect(await users.put(name, { password: PASSWORD, scopes: ['rpc'] })).toEqual({
      name,
      scopes: ['rpc'],
      new: true,
    });
    expect(await users.put(name, { password: 'battery staple' })).toEqual({ name, scopes: ['rpc'], new: false });
    expect(await users.list()).toEqual([
      { name, scopes: ['rpc'], created: expect.stringMatching(TIME) },
      { name: 'root', scopes: ['*'], created: expect.stringMatching(TIME) },
    ]);
    const bob = await open({ name, password: 'battery staple' });
    await expect(bob.users.list()).rejects.toBeInstanceOf(ForbiddenError);
    await bob.close();
    await users.remove(name);
    await expect(users.remove(name)).rejects.toBeInstanceOf(NotFoundError);
    await expect(users.put(name, { password: 'short' })).rejects.toMatchObject({ status: 422 });
  });

  it('are keys that are made, listed and revoked', async () => {
    const { keys } = millrace;
    const made = await keys.create({ name: 'weather', scopes: ['rpc'], expires: '90d' });
    expect(made).toEqual({
      id: expect.any(String),
      name: 'weather',
      scopes: ['rpc'],
      created: expect.stringMatching(TIME),
      expires: expect.stringMatching(TIME),
      lastUsed: null,
      key: expect.stringMatching(/^mr_/),
    });
    const expires = new Date(Date.now() + 3_600_000);
    expect((await keys.create({ name: 'an hour', scopes: ['*'], expires })).expires).toBe(expires.toISOString());
    expect((await keys.create({ name: 'forever', scopes: ['*'] })).expires).toBeNull();
    const { key: _key, ...record } = made;
    expect(await keys.list()).toContainEqual(record);
    await keys.revoke(made.id);
    expect((await keys.list()).map(({ id }) => id)).not.toContain(made.id);
    await expect(keys.revoke(made.id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('are tokens: those of a user, or one by the id that its session has', async () => {
    await millrace.users.put('carol', { password: PASSWORD, scopes: ['rpc'] });
    const login = { name: 'carol', password: PASSWORD };
    const [first, second, third] = await Promise.all([open(login), open(login), open(login)]);
    const session = await first.session();
    expect(session).toEqual({
      subject: 'carol',
      kind: 'token',
      scopes: ['rpc'],
      expires: expect.stringMatching(TIME),
      id: expect.any(String),
    });
    await millrace.tokens.revoke(session.id ?? '');
    await expect(first.session()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await second.session()).subject).toBe('carol');
    await third.tokens.revokeOf('carol');
    for (const one of [second, third]) await expect(one.session()).rejects.toMatchObject({ status: 401 });
    await Promise.all([first, second, third].map((one) => one.close()));
  });

  it('end with logout(), which can be called again; a token that was given to connect() stays', async () => {
    await millrace.users.put('dave', { password: PASSWORD, scopes: ['rpc'] });
    const dave = await open({ name: 'dave', password: PASSWORD });
    const { token = '' } = dave;
    const other = await connect(running.url, { sources, check: false, token });
    await other.logout();
    expect((await other.session()).subject).toBe('dave');
    await dave.logout();
    await dave.logout();
    expect(dave.token).toBeUndefined();
    await expect(other.session()).rejects.toMatchObject({ status: 401 });
    expect(await dave.login({ name: 'dave', password: PASSWORD })).toBe(dave.token);
    expect((await dave.session()).subject).toBe('dave');
    await dave.close();
    await other.close();
  });

  it('are not left to a browser where there is none', async () => {
    const login = millrace.login({ name: 'root', password: PASSWORD }, { cookie: true });
    await expect(login).rejects.toBeInstanceOf(ConfigurationError);
    expect((await millrace.session()).subject).toBe('root');
  });
});
