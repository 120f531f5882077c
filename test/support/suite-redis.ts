import type { Redis } from 'ioredis';
import { type RunningRedis, startRedis } from './redis.js';

/**
 * One Redis for all tests of a suite, and a connection of the test's own; both end with the suite.
 *
 * @param take gets them before the first test
 * @example
 * ```ts
 * suiteRedis((started) => void ({ redis, client } = started));
 * ```
 */
export function suiteRedis(take: (started: { readonly redis: RunningRedis; readonly client: Redis }) => void): void {
  let started: { readonly redis: RunningRedis; readonly client: Redis };
  beforeAll(async () => {
    const redis = await startRedis();
    started = { redis, client: redis.connect() };
    take(started);
  });
  afterAll(async () => {
    started.client.disconnect();
    await started.redis.stop();
  });
}
