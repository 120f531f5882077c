import { type RunningSentinel, startSentinel } from '../support/redis-sentinel.js';
import { waitFor } from '../support/waiting.js';
import type { FailureBench } from './support/failure-bench.js';
import { LOSS_TOLD, NOTHING_LOST, onBench } from './support/on-bench.js';

jest.setTimeout(300_000);

const ON_DISK = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** Ends the primary while its replica lacks what it took last, and lets that replica take over. */
async function takeOver(bench: FailureBench, redis: RunningSentinel, meanwhile: () => Promise<void>): Promise<void> {
  const [primary, replica] = [await redis.primary(), await redis.replica()];
  await bench.trouble(() => replica.kill());
  await meanwhile();
  await primary.kill();
  await bench.repair(() => replica.restart());
  await waitFor('the replica', async () => (await redis.primary()).port === replica.port);
  await primary.restart();
}

describe('A replica that takes over and is behind', () => {
  it('lacks what the primary took meanwhile: pullers are told, and connections come back', () =>
    onBench(startSentinel({ args: ON_DISK, downAfter: 3000 }), async (bench, redis) => {
      await takeOver(bench, redis, () => bench.steady());
      const outcome = await bench.outcome();
      expect(outcome).toMatchObject(LOSS_TOLD);
      expect(outcome.lost).toBeGreaterThan(0);
      expect(outcome.gaps).toBeGreaterThan(0);
    }));

  it('lacks nothing where the primary takes nothing without it, by min-replicas-to-write', () =>
    onBench(
      startSentinel({ args: [...ON_DISK, '--min-replicas-to-write', '1'], downAfter: 3000 }),
      async (bench, redis) => {
        await takeOver(bench, redis, () => bench.saysSo());
        expect(await bench.outcome()).toMatchObject(NOTHING_LOST);
      },
    ));
});
