import { memoryRegistry } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { REGISTRY_CONTRACT } from '@millrace/connectivity/testing';
import { declareContract } from '@millrace/core/contract';
import { type RunningRedis, startRedis } from '../support/redis.js';

declareContract('The registry in memory', REGISTRY_CONTRACT, {
  create: async (settings) => memoryRegistry().create(settings),
});

describe('The registry in Redis', () => {
  let redis: RunningRedis;
  let made = 0;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  declareContract('keeps the contract', REGISTRY_CONTRACT, {
    create: async (settings) =>
      redisRegistry({ url: redis.url, keyPrefix: `contract-${made++}`, commandTimeout: '30s' }).create(settings),
  });
});
