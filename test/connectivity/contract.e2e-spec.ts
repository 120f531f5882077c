import { memoryRegistry } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { REGISTRY_CONTRACT } from '@millrace/connectivity/testing';
import { type RunningRedis, startRedis } from '../support/redis.js';

describe('The registry in memory', () => {
  it.each([...REGISTRY_CONTRACT])('$name', ({ run }) =>
    run({ create: async (settings) => memoryRegistry().create(settings) }),
  );
});

describe('The registry in Redis', () => {
  let redis: RunningRedis;
  let made = 0;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it.each([...REGISTRY_CONTRACT])('$name', ({ run }) =>
    run({
      create: async (settings) => redisRegistry({ url: redis.url, keyPrefix: `contract-${made++}` }).create(settings),
    }),
  );
});
