import { Redis } from 'ioredis';
import { AuthModule, ApiKeyService, type AuthOptions } from '@millrace/auth';
import { redisApiKeys } from '@millrace/auth/redis';
import { API_KEY_STORE_CONTRACT, storedApiKey } from '@millrace/auth/testing';
import { Authenticator } from '@millrace/core';
import { declareContract } from '@millrace/core/contract';
import { startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';
import { KeyBench } from './support/key-sides.js';
import { SECRET } from './support/places.js';

/** Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
const PATIENCE = '30s';

describe('API keys in Redis', () => {
  let redis: RunningRedis;
  let made = 0;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  declareContract('the contract of a store', API_KEY_STORE_CONTRACT, {
    create: async () => {
      const options = { url: redis.url, keyPrefix: `ground${(made += 1)}`, commandTimeout: PATIENCE };
      return { store: redisApiKeys(options), again: async () => redisApiKeys(options) };
    },
  });

  it("take a connection of the host's, and leave it open", async () => {
    const client = new Redis(redis.url);
    try {
      const store = redisApiKeys({ client, keyPrefix: 'hosted' });
      await store.add(storedApiKey());
      await store.close?.();
      expect(await client.ping()).toBe('PONG');
      expect(await client.keys('{hosted}:*')).toEqual(['{hosted}:keys']);
    } finally {
      client.disconnect();
    }
  });

  it('let nobody in by a record that is none of ours', async () => {
    const client = new Redis(redis.url);
    try {
      await client.hset('{foreign}:keys', { a: 'no JSON', b: '{"id":"b"}', c: '{"__proto__":{}}', d: 'null' });
      await client.hset('{foreign}:uses', { b: 'never' });
      const store = redisApiKeys({ client, keyPrefix: 'foreign' });
      for (const id of ['a', 'b', 'c', 'd']) expect(await store.find(id)).toBeUndefined();
      expect(await store.list()).toEqual([]);
    } finally {
      client.disconnect();
    }
  });

  it('serve several instances as one: a key made on one counts on the other until it is revoked', async () => {
    const store = () => redisApiKeys({ url: redis.url, commandTimeout: PATIENCE });
    const options = (): AuthOptions => ({ jwt: { secret: SECRET }, apiKeys: { store: store() } });
    const [first, second] = await Promise.all([
      startApplication([AuthModule.forRoot(options())]),
      startApplication([AuthModule.forRoot(options())]),
    ]);
    try {
      const { key, record } = await first.app.get(ApiKeyService).create({ name: 'a', scopes: ['rpc'] });
      const principal = { subject: record.id, scopes: ['rpc'], method: 'api-key' };
      expect(await second.app.get(Authenticator).authenticate(key, { secure: true })).toEqual(principal);
      const used = await waitFor('the last use', async () => (await first.app.get(ApiKeyService).list())[0]?.lastUsed);
      expect(Date.now() - Date.parse(used)).toBeLessThan(30_000);
      expect(await first.app.get(ApiKeyService).revoke(record.id)).toBe(true);
      await expect(second.app.get(Authenticator).authenticate(key, { secure: true })).rejects.toThrow('validate');
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });

  it('are out of reach with UNAVAILABLE while Redis is, and come back with it', async () => {
    const own = await startRedis();
    const store = redisApiKeys({ url: own.url, commandTimeout: PATIENCE });
    try {
      const key = storedApiKey();
      await store.add(key);
      await own.kill();
      const error: unknown = await store.find(key.id).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'UNAVAILABLE',
        message: 'The store of API keys cannot reach Redis; try again later',
      });
      await own.restart();
      await waitFor('Redis', () =>
        store.list().then(
          () => true,
          () => false,
        ),
      );
    } finally {
      await store.close?.();
      await own.stop();
    }
  });

  it('leave sockets open and refuse new ones with 503 while Redis is away, and catch up when it is back', async () => {
    const own = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    const bench = await KeyBench.create();
    const away = redisApiKeys({ url: own.url, commandTimeout: PATIENCE });
    try {
      const side = await bench.start({ keys: { store: redisApiKeys({ url: own.url, commandTimeout: PATIENCE }) } });
      const { key, record } = await side.running.app.get(ApiKeyService).create({ name: 'a', scopes: ['*'] });
      const socket = await side.open('/data/a/pull', key);
      await own.kill();
      const refused = await side.fetch('/who', side.with(key));
      expect(refused.status).toBe(503);
      expect(refused.text).not.toContain(key.slice(16));
      expect((await side.handshake('/data/a/push', key)).status).toBe(503);
      expect(socket.ws.readyState).toBe(socket.ws.OPEN);
      await own.restart();
      await waitFor('Redis', () =>
        away.revoke(record.id).then(
          () => true,
          () => false,
        ),
      );
      expect(await socket.closed).toEqual({ code: 3000, reason: 'The API key was revoked' });
    } finally {
      await away.close?.();
      await bench.close();
      await own.stop();
    }
  });

  it.each<[object, string]>([
    [{ url: 'redis://x', commandTimeout: 'soon' }, 'option "commandTimeout"'],
    [{ url: 'x' }, 'option "url"'],
    [{ ulr: 'redis://x' }, 'option "ulr" is not known; did you mean "url"?'],
    [{ url: 'redis://x', cluster: [{ host: 'x' }] }, 'option "cluster" must not stand beside "url"'],
  ])('refuse the options %j, and name what is wrong', (options, message) => {
    expect(() => redisApiKeys(options)).toThrow(`redisApiKeys: ${message}`);
  });
});
