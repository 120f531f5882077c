import { type RedisTopology, startRedis } from '../support/redis.js';
import { startCluster } from '../support/redis-cluster.js';
import { startSentinel } from '../support/redis-sentinel.js';
import { waitFor } from '../support/waiting.js';
import { LOSS_HEALED, NOTHING_LOST, onBench } from './support/on-bench.js';

jest.setTimeout(300_000);

const ALWAYS = ['--appendonly', 'yes', '--appendfsync', 'always'];
const EVERY_SECOND = ['--appendonly', 'yes', '--appendfsync', 'everysec'];

const STARTS: [string, (args: string[]) => Promise<RedisTopology>][] = [
  ['one server', startRedis],
  // Both servers are back before a Sentinel counts one as down.
  ['Sentinel', (args) => startSentinel({ args, downAfter: 30_000 })],
  ['a cluster', (args) => startCluster({ replicas: 1, args, nodeTimeout: 30_000 })],
];

describe('A Redis that is killed', () => {
  it('as the primary of Sentinel: the replica takes over, and nothing is repeated or out of order', () =>
    onBench(startSentinel(), async (bench, redis) => {
      const [primary, replica] = [await redis.primary(), await redis.replica()];
      await bench.trouble(() => primary.kill());
      await bench.saysSo();
      await redis.named(replica);
      await bench.repair(() => primary.restart());
      expect(await bench.outcome()).toMatchObject(LOSS_HEALED);
    }));

  it('as a master of a cluster: its replica takes over, and nothing is repeated or out of order', () =>
    onBench(startCluster({ replicas: 1 }), async (bench, redis) => {
      const master = await redis.primaryOf('a');
      await bench.trouble(() => master.kill());
      await bench.saysSo();
      await waitFor('its replica', () =>
        redis.primaryOf('a').then(
          () => true,
          () => false,
        ),
      );
      await bench.repair(() => master.restart());
      expect(await bench.outcome()).toMatchObject(LOSS_HEALED);
    }));

  it('as a master of a cluster without a replica: all waits until it is back, and nothing is lost', () =>
    onBench(startCluster({ args: ALWAYS }), async (bench, redis) => {
      const master = await redis.primaryOf('a');
      await bench.trouble(() => master.kill());
      await bench.saysSo();
      await bench.repair(() => master.restart());
      expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
    }));

  it.each(STARTS)('in all its parts, with appendfsync always: nothing is lost on %s', (_topology, start) =>
    onBench(start(ALWAYS), async (bench, redis) => {
      await bench.trouble(() => Promise.all(redis.servers.map((server) => server.kill())));
      await bench.saysSo();
      expect(bench.wronglyUp).toBe(0);
      await bench.repair(() => Promise.all(redis.servers.map((server) => server.restart())));
      expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
    }),
  );

  it.each(STARTS)(
    'in all its parts, with appendfsync everysec: nothing is lost on %s while its machine runs',
    (_topology, start) =>
      onBench(start(EVERY_SECOND), async (bench, redis) => {
        await bench.trouble(() => Promise.all(redis.servers.map((server) => server.kill())));
        await bench.saysSo();
        await bench.repair(() => Promise.all(redis.servers.map((server) => server.restart())));
        expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
      }),
  );

  it.each(STARTS)(
    'in all its parts, without a file: on %s all entries are gone, pullers are told, connections come back',
    (_topology, start) =>
      onBench(start([]), async (bench, redis) => {
        await bench.trouble(() => Promise.all(redis.servers.map((server) => server.kill())));
        await bench.saysSo();
        await bench.repair(() => Promise.all(redis.servers.map((server) => server.restart())));
        const outcome = await bench.outcome();
        expect(outcome).toMatchObject(LOSS_HEALED);
        expect(outcome.lost).toBeGreaterThan(0);
        expect(outcome.streamsWithoutGap).toEqual([]);
      }),
  );
});
