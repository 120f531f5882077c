import type { StreamFollower, StreamGap, StreamStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import type { Cluster, Redis } from 'ioredis';
import { type RunningCluster, startCluster } from '../support/redis-cluster.js';
import { waitFor } from '../support/waiting.js';

const PATIENCE = '30s';

describe('Followers on a cluster of three masters', () => {
  let redis: RunningCluster;
  let other: Cluster;
  let number = 0;
  const fresh = (): string => `c${(number += 1)}`;

  beforeAll(async () => {
    redis = await startCluster({ args: ['--appendonly', 'yes'] });
    other = redis.connect();
  });
  afterAll(async () => {
    other.disconnect();
    await redis.stop();
  });

  const open = (keyPrefix = ''): Promise<StreamStore> =>
    Promise.resolve(redisStore({ ...redis.way, keyPrefix, commandTimeout: PATIENCE }).create(storeContext()));
  const text = (value: string): Buffer[] => [Buffer.from(value)];

  /** Commands that all masters have taken so far. */
  const calls = async (): Promise<number> => {
    const stats = await redis.onPrimaries((node) => node.info('commandstats'));
    const lines = stats.join('\n').split('\n');
    // Not those of the question itself, nor of the nodes among each other.
    const counted = lines.filter((line) => /^cmdstat_/.test(line) && !/^cmdstat_(info|hello|client|ping)/.test(line));
    return counted.reduce((sum, line) => sum + Number(/calls=(\d+)/.exec(line)?.[1]), 0);
  };

  it('cost less than 50 commands a second for 1000 streams without news, and hear them all', async () => {
    const store = await open();
    const streams = Array.from({ length: 1000 }, () => fresh());
    const followers = await Promise.all(streams.map((stream) => store.openFollower([stream])));
    await waitFor('the streams to be listened to', async () => {
      const channels = await redis.onPrimaries((node) => node.pubsub('SHARDCHANNELS'));
      return channels.flat().length >= 1000;
    });
    // What came of the beginning is over.
    let before = await calls();
    await waitFor('quiet', async () => {
      const now = await calls();
      const isQuiet = now - before < 50;
      before = now;
      return isQuiet;
    }, { pause: 1000 });
    const since = performance.now();
    const first = await calls();
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const perSecond = (((await calls()) - first) * 1000) / (performance.now() - since);
    console.log('commands a second', perSecond);
    expect(perSecond).toBeLessThan(50);
    const heard = new Set<number>();
    followers.forEach((follower, index) => follower.onNews(() => heard.add(index)));
    const started = performance.now();
    await Promise.all(streams.map((stream) => store.append(stream, text(stream))));
    await waitFor('all news', () => heard.size === 1000);
    console.log('heard within', performance.now() - started);
    await store.close();
  });
});
