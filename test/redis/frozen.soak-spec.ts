import { pause } from '@millrace/protocol';
import { startRedis } from '../support/redis.js';
import { startCluster } from '../support/redis-cluster.js';
import { startSentinel } from '../support/redis-sentinel.js';
import { FailureBench } from './support/failure-bench.js';

const FROZEN_MS = 7000;

jest.setTimeout(300_000);

/** What is promised where nothing may be lost. */
const NOTHING_LOST = { lost: 0, disordered: [], unseen: 0, wrongLookups: [], lostConnections: 0 };

describe('A Redis that stands still and goes on', () => {
  it('as one server: nothing is lost, repeated or out of order', async () => {
    const redis = await startRedis();
    const bench = await FailureBench.start(redis.way);
    try {
      await bench.trouble(() => redis.signal('SIGSTOP'));
      await bench.saysSo();
      await pause(FROZEN_MS);
      await bench.repair(() => redis.signal('SIGCONT'));
      const outcome = await bench.outcome();
      console.log('one server', outcome, bench.times);
      expect(bench.wronglyUp).toBe(0);
      expect(outcome).toMatchObject({ ...NOTHING_LOST, gaps: 0 });
    } finally {
      await bench.close();
      await redis.stop();
    }
  });

  it('as the primary of a Sentinel group: the replica takes over, and nothing is lost, repeated or out of order', async () => {
    const redis = await startSentinel();
    const bench = await FailureBench.start(redis.way);
    try {
      const primary = await redis.primary();
      await bench.trouble(() => primary.signal('SIGSTOP'));
      await bench.saysSo();
      await pause(FROZEN_MS);
      await bench.repair(() => primary.signal('SIGCONT'));
      const outcome = await bench.outcome();
      console.log('Sentinel', outcome, bench.times);
      expect(outcome).toMatchObject(NOTHING_LOST);
      expect((await redis.primary()).port).not.toBe(primary.port);
    } finally {
      await bench.close();
      await redis.stop();
    }
  });

  it('as one master of a cluster: its replica takes over, and nothing is lost, repeated or out of order', async () => {
    const redis = await startCluster({ replicas: 1 });
    const bench = await FailureBench.start(redis.way);
    try {
      const master = await redis.primaryOf('a');
      await bench.trouble(() => master.signal('SIGSTOP'));
      await bench.saysSo();
      await pause(FROZEN_MS);
      await bench.repair(() => master.signal('SIGCONT'));
      const outcome = await bench.outcome();
      console.log('cluster', outcome, bench.times);
      expect(outcome).toMatchObject(NOTHING_LOST);
      expect((await redis.primaryOf('a')).port).not.toBe(master.port);
    } finally {
      await bench.close();
      await redis.stop();
    }
  });
});
