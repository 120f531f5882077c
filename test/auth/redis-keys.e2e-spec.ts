import { Redis } from 'ioredis';
import { ApiKeyService } from '@millrace/auth';
import { redisApiKeys } from '@millrace/auth/redis';
import { storedApiKey } from '@millrace/auth/testing';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';
import { KeyBench } from './support/key-sides.js';

/** Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
const PATIENCE = '30s';

describe('API keys in Redis', () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it("take a connection of the host's, and leave it open", async () => {
    const client = new Redis(redis.url);
    try {
      const store = redisApiKeys({ client, keyPrefix: 'hosted' });
      await store.add(storedApiKey());
      await store.close?.();
      expect(await client.ping()).toBe('PONG');
      expect(await client.keys('hosted*')).toEqual(['hosted{millrace:api-keys}:keys']);
    } finally {
      client.disconnect();
    }
  });

  it('let nobody in by a record that is none of ours', async () => {
    const client = new Redis(redis.url);
    try {
      await client.hset('foreign{millrace:api-keys}:keys', {
        a: 'no JSON',
        b: '{"id":"b"}',
        c: '{"__proto__":{}}',
        d: 'null',
      });
      await client.hset('foreign{millrace:api-keys}:uses', { b: 'never' });
      const store = redisApiKeys({ client, keyPrefix: 'foreign' });
      for (const id of ['a', 'b', 'c', 'd']) expect(await store.find(id)).toBeUndefined();
      expect(await store.list()).toEqual([]);
    } finally {
      client.disconnect();
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
});
