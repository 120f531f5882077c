import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declareContract } from '@millrace/core/contract';
import { embeddedStore, memoryStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import {
  DURABLE_STREAM_STORE_CONTRACT,
  SHARED_STREAM_STORE_CONTRACT,
  STREAM_STORE_CONTRACT,
} from '@millrace/stream-store/testing';
import { type RunningRedis, startRedis } from '../support/redis.js';

declareContract('memoryStore: the contract of a stream store', STREAM_STORE_CONTRACT, {
  create: async () => ({ driver: memoryStore() }),
});

declareContract(
  'embeddedStore: the contract of a stream store',
  { ...STREAM_STORE_CONTRACT, ...DURABLE_STREAM_STORE_CONTRACT },
  {
    create: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'millrace-store-'));
      return { driver: embeddedStore({ directory }), dispose: () => rm(directory, { recursive: true }) };
    },
  },
);

describe('on a Redis', () => {
  let redis: RunningRedis;
  let storages = 0;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  declareContract(
    'redisStore: the contract of a stream store',
    { ...STREAM_STORE_CONTRACT, ...DURABLE_STREAM_STORE_CONTRACT, ...SHARED_STREAM_STORE_CONTRACT },
    { create: async () => ({ driver: redisStore({ url: redis.url, keyPrefix: `[${(storages += 1)}]*:` }) }) },
  );
});

it.each([
  ['an option it does not know', { connect: () => undefined }],
  ['two ways to Redis', { url: 'redis://127.0.0.1', sentinels: [{ host: 'a' }], name: 'main' }],
])('redisStore refuses %s before it connects', (_what, options) => {
  expect(() => redisStore(options as object)).toThrow(expect.objectContaining({ name: 'OptionsError' }));
});
