import { Redis } from 'ioredis';
import { AuthModule, type AuthOptions } from '@millrace/auth';
import { redisLoginLimits } from '@millrace/auth/redis';
import { Authenticator } from '@millrace/core';
import { startApplication } from '../support/applications.js';
import { startRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { waitFor } from '../support/waiting.js';
import { bearer, login, PlacesModule, SECRET } from './support/places.js';

/** Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
const PATIENCE = '30s';
const RIGHT = { username: 'alice', password: 'alice' };
const WRONG = { username: 'alice', password: 'guessed' };

/** An instance of a server, whose limit is that of all. */
function startInstance(url: string, throttle: Exclude<AuthOptions['throttle'], false>) {
  const store = redisLoginLimits({ url, commandTimeout: PATIENCE });
  return startApplication([
    AuthModule.forRoot({ jwt: { secret: SECRET }, throttle: { store, ...throttle } }),
    PlacesModule,
  ]);
}

describe('Limits of logins in Redis', () => {
  let client: Redis;
  let made = 0;
  suiteRedis((started) => void ({ client } = started));
  const ground = (): string => `ground${(made += 1)}:`;
  const keysOf = async (keyPrefix: string): Promise<string[]> => (await client.keys(`*${keyPrefix}*`)).sort();

  it('are two keys of one slot, which go with the last span', async () => {
    const keyPrefix = ground();
    const limits = redisLoginLimits({ client, keyPrefix });
    await limits.begin('a', { limit: 1, ttl: 3_600_000 });
    await limits.begin('b', { limit: 1, ttl: 1000 });
    const keys = await keysOf(keyPrefix);
    expect(keys.map((key) => key.slice(key.indexOf('}')))).toEqual(['}:counts', '}:ends']);
    expect(new Set(keys.map((key) => /\{(.+?)\}/.exec(key)?.[1])).size).toBe(1);
    for (const key of keys) {
      expect(await client.pttl(key)).toBeGreaterThan(1000);
      expect(await client.pttl(key)).toBeLessThanOrEqual(3_600_000);
    }
  });

  it('forget spans that are over, and of too many the one that ends next', async () => {
    const keyPrefix = ground();
    const limits = redisLoginLimits({ client, keyPrefix });
    const one = { limit: 1, ttl: 3_600_000 };
    await limits.begin('first', one);
    const [counts = '', ends = ''] = await keysOf(keyPrefix);
    await client.zadd(ends, 1, 'over');
    await client.hset(counts, 'over', 5);
    await limits.begin('second', one);
    expect((await client.hkeys(counts)).sort()).toEqual(['first', 'second']);
    const fill = `for index = 3, 100000 do
      redis.call('ZADD', KEYS[1], ARGV[1], 'key ' .. index)
      redis.call('HSET', KEYS[2], 'key ' .. index, 1)
    end`;
    await client.eval(fill, 2, ends, counts, Date.now() + 7_200_000);
    expect((await limits.begin('third', one)).wait).toBe(0);
    expect(await client.zcard(ends)).toBe(100_000);
    expect(await client.hlen(counts)).toBe(100_000);
    expect(await client.hexists(counts, 'first')).toBe(0);
    expect((await limits.begin('second', one)).wait).toBeGreaterThan(0);
  });

  it('keep neither names nor addresses', async () => {
    const own = await startRedis();
    const instance = await startInstance(own.url, { limit: 5 });
    const observer = new Redis(own.url);
    try {
      await login(instance.url, WRONG);
      await instance.app
        .get(Authenticator)
        .authenticatePassword('alice', 'guessed', { secure: true, address: '127.0.0.1' })
        .catch(() => undefined);
      const [counts = ''] = await observer.keys('*:counts');
      const kept = await observer.hkeys(counts);
      expect(kept).toHaveLength(2);
      expect(kept.join()).not.toMatch(/alice|127/);
    } finally {
      observer.disconnect();
      await instance.close();
      await own.stop();
    }
  });

  it('are one for all instances: at POST /token, and for passwords of connectors', async () => {
    const own = await startRedis();
    const throttle = { limit: 4, ttl: '1h' };
    const [first, second] = await Promise.all([startInstance(own.url, throttle), startInstance(own.url, throttle)]);
    const sides = [first, second, first, second];
    try {
      for (const { url } of sides) expect((await login(url, WRONG)).status).toBe(401);
      for (const { url } of [first, second]) {
        const refused = await login(url, RIGHT);
        expect(refused.status).toBe(429);
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      const connector = ({ app }: typeof first, { username, password }: typeof RIGHT): Promise<unknown> =>
        app.get(Authenticator).authenticatePassword(username, password, { secure: true, address: '192.0.2.1' });
      // Right ones do not count.
      for (const side of [...sides, ...sides]) await connector(side, RIGHT);
      for (const side of sides) await expect(connector(side, WRONG)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      for (const side of sides)
        await expect(connector(side, RIGHT)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    } finally {
      await Promise.all([first.close(), second.close()]);
      await own.stop();
    }
  });

  it('let nobody log in while Redis is away, and what is logged in goes on: 503, and again when it is back', async () => {
    const own = await startRedis();
    const instance = await startInstance(own.url, {});
    try {
      const answer = await login(instance.url, RIGHT);
      const { access_token: token } = (await answer.json()) as { access_token: string };
      await own.kill();
      for (const fields of [RIGHT, WRONG]) expect((await login(instance.url, fields)).status).toBe(503);
      for (const { username, password } of [RIGHT, WRONG]) {
        const attempt = instance.app.get(Authenticator).authenticatePassword(username, password, { secure: true });
        await expect(attempt).rejects.toMatchObject({
          code: 'UNAVAILABLE',
          message: expect.stringMatching(/^The limit of logins cannot reach Redis/),
        });
      }
      expect((await fetch(`${instance.url}/who`, bearer(token))).status).toBe(200);
      await own.restart();
      await waitFor('a login', async () => (await login(instance.url, RIGHT)).status === 200);
    } finally {
      await instance.close();
      await own.stop();
    }
  });
});
