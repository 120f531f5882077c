import { pause } from '@millrace/protocol';
import { startRedis } from '../support/redis.js';
import { startCluster } from '../support/redis-cluster.js';
import type { RedisServer } from '../support/redis-process.js';
import { startSentinel } from '../support/redis-sentinel.js';
import type { FailureBench } from './support/failure-bench.js';
import { NOTHING_LOST, onBench } from './support/on-bench.js';

const FROZEN_MS = 7000;

jest.setTimeout(300_000);

async function freeze(bench: FailureBench, server: RedisServer): Promise<void> {
  await bench.trouble(() => server.signal('SIGSTOP'));
  await bench.saysSo();
  await pause(FROZEN_MS);
  await bench.repair(() => server.signal('SIGCONT'));
}

describe('A Redis that stands still and goes on', () => {
  it('as one server: health says so all the time, and nothing is lost, repeated or out of order', () =>
    onBench(startRedis(), async (bench, redis) => {
      await freeze(bench, redis);
      expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
      expect(bench.wronglyUp).toBe(0);
    }));

  it('as the primary of Sentinel: the replica takes over, and nothing is lost, repeated or out of order', () =>
    onBench(startSentinel(), async (bench, redis) => {
      const primary = await redis.primary();
      await freeze(bench, primary);
      expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
      expect((await redis.primary()).port).not.toBe(primary.port);
    }));

  it('as a master of a cluster: its replica takes over, and nothing is lost, repeated or out of order', () =>
    onBench(startCluster({ replicas: 1 }), async (bench, redis) => {
      const master = await redis.primaryOf('a');
      await freeze(bench, master);
      expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
      expect((await redis.primaryOf('a')).port).not.toBe(master.port);
    }));
});
