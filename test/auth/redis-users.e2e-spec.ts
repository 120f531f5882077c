import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { UserFile } from '@millrace/accounts';
import { AuthModule, type ManagedUserStore, TokenService } from '@millrace/auth';
import { redisUsers } from '@millrace/auth/redis';
import { startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { waitFor } from '../support/waiting.js';
import { bearer, login, PlacesModule, SECRET } from './support/places.js';

/** Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
const PATIENCE = '30s';
const PASSWORD = 'correct horse';
const ALICE = { username: 'alice', password: PASSWORD };

/** An instance of a server with its users in Redis. */
function startInstance(url: string, more: { keyPrefix?: string } = {}) {
  const users = redisUsers({ url, commandTimeout: PATIENCE, ...more });
  return startApplication([
    AuthModule.forRoot({ jwt: { secret: SECRET }, users, production: true, throttle: false }),
    PlacesModule,
  ]);
}

const statusAt = async (url: string, token: string): Promise<number> =>
  (await fetch(`${url}/who`, bearer(token))).status;

async function tokenOf(url: string, fields: Record<string, string>): Promise<string> {
  const answer = await login(url, fields);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}

describe('Users in Redis', () => {
  let redis: RunningRedis;
  let client: Redis;
  let made = 0;
  suiteRedis((started) => void ({ redis, client } = started));
  const ground = (): string => `ground${(made += 1)}:`;

  const opened: ManagedUserStore[] = [];
  afterEach(() => Promise.all(opened.splice(0).map(async (store) => store.close?.())));
  /** A store on the connection of the test. */
  const open = (more: { keyPrefix: string; from?: string }): ManagedUserStore => {
    const store = redisUsers({ client, ...more });
    opened.push(store);
    return store;
  };

  it('stand there as salted scrypt hashes, in keys of one slot', async () => {
    const keyPrefix = ground();
    const store = open({ keyPrefix });
    for (const name of ['alice', 'bob']) await store.add({ name, password: PASSWORD });
    await store.remove('bob');
    const keys = (await client.keys(`*${keyPrefix}*`)).sort();
    expect(keys.map((key) => key.slice(key.indexOf('}')))).toEqual(['}:revoked', '}:users', '}:version']);
    expect(new Set(keys.map((key) => /\{(.+?)\}/.exec(key)?.[1])).size).toBe(1);
    const [record = ''] = await client.hvals(keys[1] ?? '');
    expect(record).toContain('$scrypt$ln=15,r=8,p=3$');
    expect(record).not.toContain(PASSWORD);
  });

  it.each([
    ['no JSON', 'secret {'],
    ['another form', '{"name":"alice"}'],
    ['null', 'null'],
    ['another name', (good: string) => good.replace('alice', 'carol')],
    ['a hash of another kind', (good: string) => good.replace('$scrypt$', '$2b$secret$')],
  ])('let nobody in by a record with %s, and the error names it and quotes nothing of it', async (_what, text) => {
    const keyPrefix = ground();
    const store = open({ keyPrefix });
    for (const name of ['alice', 'bob']) await store.add({ name, password: PASSWORD });
    const [key = ''] = await client.keys(`*${keyPrefix}*:users`);
    const good = (await client.hget(key, 'alice')) ?? '';
    await client.hset(key, 'alice', typeof text === 'string' ? text : text(good));
    for (const attempt of [
      store.verify('alice', PASSWORD),
      store.list(),
      store.remove('alice'),
      store.add({ name: 'alice', password: PASSWORD }),
    ]) {
      const error: unknown = await attempt.catch((reason: unknown) => reason);
      expect(String(error)).toContain(`The record of the user "alice" in Redis, in the hash ${key}, is not valid: `);
      expect(String(error)).not.toContain('secret');
    }
    expect(await store.verify('bob', PASSWORD)).toMatchObject({ name: 'bob' });
    await client.hdel(key, 'alice');
    expect(await store.add({ name: 'alice', password: PASSWORD })).toBe(true);
  });

  it.each<[string, (store: ManagedUserStore) => Promise<unknown>]>([
    ['users', (store) => store.verify('alice', PASSWORD)],
    ['revoked', (store) => store.remove('alice')],
    ['version', (store) => store.revocations.list()],
  ])('say so where another program keeps something else at the key of the %s', async (name, call) => {
    const keyPrefix = ground();
    const store = open({ keyPrefix });
    await store.add({ name: 'alice', password: PASSWORD });
    const key = `${keyPrefix}{millrace:users}:${name}`;
    await client.del(key);
    await client.lpush(key, 'a');
    await expect(call(store)).rejects.toThrow(
      `Another program keeps something else than users in Redis, in one of ${keyPrefix}{millrace:users}:users, `,
    );
    if (name !== 'users') expect(await store.verify('alice', PASSWORD)).toMatchObject({ name: 'alice' });
  });

  it('revoke nothing by what another program has written there', async () => {
    const keyPrefix = ground();
    const store = open({ keyPrefix });
    await store.add({ name: 'alice', password: PASSWORD });
    await store.remove('alice');
    const [key = ''] = await client.keys(`*${keyPrefix}*:revoked`);
    await client.hset(key, { a: 'no JSON', b: '{"user":"b"}', c: 'null' });
    expect((await open({ keyPrefix }).revocations.list()).map(({ user }) => user)).toEqual(['alice']);
  });

  it('do not know half a character for another one', async () => {
    const store = open({ keyPrefix: ground() });
    await store.add({ name: 'a\ufffd', password: PASSWORD });
    expect(await store.verify('a\ud800', PASSWORD)).toBeUndefined();
    expect(await store.remove('a\ud800')).toBe(false);
  });

  it('serve several instances as one: logins, new passwords and removals count on all', async () => {
    const keyPrefix = ground();
    const store = open({ keyPrefix });
    await store.add({ name: 'alice', password: PASSWORD, scopes: ['*'] });
    const [first, second] = await Promise.all([
      startInstance(redis.url, { keyPrefix }),
      startInstance(redis.url, { keyPrefix }),
    ]);
    try {
      const token = await tokenOf(first.url, ALICE);
      expect(await statusAt(second.url, token)).toBe(200);
      await store.add({ name: 'alice', password: 'another one' });
      expect((await login(second.url, ALICE)).status).toBe(401);
      const next = await tokenOf(second.url, { ...ALICE, password: 'another one' });
      for (const { url } of [first, second]) {
        await waitFor('the token of before to be refused', async () => (await statusAt(url, token)) === 401);
        expect(await statusAt(url, next)).toBe(200);
      }
      await store.remove('alice');
      expect((await login(first.url, { ...ALICE, password: 'another one' })).status).toBe(401);
      for (const { url } of [first, second]) {
        await waitFor('the token to be refused', async () => (await statusAt(url, next)) === 401);
      }
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });

  it('cannot log in while Redis is away, with right passwords and wrong ones alike: 503, and again when it is back', async () => {
    const own = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    const store = redisUsers({ url: own.url, commandTimeout: PATIENCE });
    await store.add({ name: 'alice', password: PASSWORD, scopes: ['*'] });
    const instance = await startInstance(own.url);
    try {
      const { token } = instance.app.get(TokenService).issue({ name: 'carol', scopes: ['*'] });
      await tokenOf(instance.url, ALICE);
      await own.kill();
      for (const username of ['alice', 'nobody']) {
        for (const password of [PASSWORD, 'wrong']) {
          expect((await login(instance.url, { username, password })).status).toBe(503);
        }
      }
      for (const attempt of [store.list(), store.remove('alice'), store.add({ name: 'bob', password: PASSWORD })]) {
        await expect(attempt).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      }
      await own.restart();
      await waitFor('a login', async () => (await login(instance.url, ALICE)).status === 200);
      expect(await statusAt(instance.url, token)).toBe(200);
      expect((await store.list()).map(({ name }) => name)).toEqual(['alice']);
    } finally {
      await store.close?.();
      await instance.close();
      await own.stop();
    }
  });

  it('that stand still let nobody in either: 503', async () => {
    const own = await startRedis();
    const store = redisUsers({ url: own.url, commandTimeout: '2s' });
    try {
      await store.add({ name: 'alice', password: PASSWORD });
      own.signal('SIGSTOP');
      await expect(store.verify('alice', PASSWORD)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      own.signal('SIGCONT');
      await waitFor('Redis', () =>
        store.verify('alice', PASSWORD).then(
          () => true,
          () => false,
        ),
      );
    } finally {
      await store.close?.();
      await own.stop();
    }
  });

  describe('that come from a file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'millrace-users-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('are taken over once with their passwords, and those who go do not come back', async () => {
      const file = UserFile.in(folder);
      const keyPrefix = ground();
      const store = () => open({ keyPrefix, from: file.path });
      const first = store();
      expect(await first.verify('alice', PASSWORD)).toBeUndefined();
      // While the server runs.
      await file.add({ name: 'alice', password: PASSWORD, scopes: ['*'] });
      expect(await first.verify('alice', PASSWORD)).toMatchObject({ scopes: ['*'] });
      await file.add({ name: 'bob', password: PASSWORD });
      expect((await store().list()).map(({ name }) => name)).toEqual(['alice']);
      await first.remove('alice');
      expect(await store().list()).toEqual([]);
    });

    it('are taken over by one of many instances', async () => {
      const file = UserFile.in(folder);
      for (const name of ['alice', 'bob']) await file.add({ name, password: PASSWORD });
      const options = { ...redis.way, keyPrefix: ground(), from: file.path };
      const stores = Array.from({ length: 4 }, () => redisUsers(options));
      for (const list of await Promise.all(stores.map((store) => store.list()))) expect(list).toHaveLength(2);
      await Promise.all(stores.map(async (store) => store.close?.()));
    });

    it('are not, where the file cannot be used, and nobody comes in', async () => {
      const path = join(folder, 'users.json');
      writeFileSync(path, 'secret {');
      const store = open({ keyPrefix: ground(), from: path });
      await expect(store.verify('alice', PASSWORD)).rejects.toThrow(`The file of users, ${path}, is not JSON`);
    });
  });
});
