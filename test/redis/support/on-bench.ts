import type { RedisTopology, RedisWay } from '../../support/redis.js';
import { FailureBench } from './failure-bench.js';

/** What is promised where nothing may be lost. */
export const NOTHING_LOST = {
  lost: 0,
  disordered: [],
  unseen: 0,
  pullersClosed: 0,
  gaps: 0,
  wrongLookups: [],
  lostConnections: 0,
};

/** What is promised where Redis loses entries: those that came since are there, and instances give back the connections. */
export const LOSS_HEALED = { disordered: [], unseen: 0, pullersClosed: 0, wrongLookups: [], lostConnections: 0 };

/** Runs a test on a Redis of its own, and ends all of it. */
export async function onBench<Redis extends RedisTopology>(
  starting: Promise<Redis>,
  work: (bench: FailureBench, redis: Redis) => Promise<void>,
  way?: (redis: Redis) => RedisWay,
): Promise<void> {
  const redis = await starting;
  try {
    const bench = await FailureBench.start(way?.(redis) ?? redis.way);
    try {
      await work(bench, redis);
    } finally {
      await bench.close();
    }
  } finally {
    await redis.stop();
  }
}
