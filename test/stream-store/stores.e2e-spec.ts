import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore, memoryStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { streamStoreContract } from '@millrace/stream-store/testing';
import { type RunningRedis, startRedis } from '../support/redis.js';

streamStoreContract('memoryStore', () => Promise.resolve({ driver: memoryStore() }), { durable: false, shared: false });

streamStoreContract(
  'embeddedStore',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-store-'));
    return { driver: embeddedStore({ directory }), dispose: () => rm(directory, { recursive: true }) };
  },
  { durable: true, shared: false },
);

describe('on a Redis', () => {
  let redis: RunningRedis;
  let storages = 0;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  streamStoreContract(
    'redisStore',
    () => Promise.resolve({ driver: redisStore({ url: redis.url, keyPrefix: `[${(storages += 1)}]*:` }) }),
    { durable: true, shared: true },
  );
});
