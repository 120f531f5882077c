import { pause } from '@millrace/protocol';
import { type RunningSentinel, startSentinel } from '../support/redis-sentinel.js';
import type { FailureBench, Outcome } from './support/failure-bench.js';
import { LOSS_HEALED, onBench } from './support/on-bench.js';

/** So long the primary is asked in vain. */
const FURTHER_MS = 2000;
/** Look-ups that may lack what the primary took last. */
const MOST_UNMISSED = 2;

jest.setTimeout(300_000);

const ON_DISK = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** Ends the primary while its replica lacks what it took last, and lets that replica take over. */
async function takeOver(bench: FailureBench, redis: RunningSentinel, meanwhile: () => Promise<void>): Promise<void> {
  const [primary, replica] = [await redis.primary(), await redis.replica()];
  await bench.trouble(() => replica.kill());
  await meanwhile();
  await primary.kill();
  await bench.repair(() => replica.restart());
  await redis.named(replica);
  await primary.restart();
}

/** An instance that had not read what the primary took last cannot miss it, until another one has given it back. */
function healed(outcome: Outcome): void {
  const { wrongLookups } = outcome;
  expect(outcome).toMatchObject({ ...LOSS_HEALED, wrongLookups });
  expect(wrongLookups.length).toBeLessThanOrEqual(MOST_UNMISSED);
}

describe('A replica that takes over and is behind', () => {
  it('lacks what the primary took meanwhile: pullers go on behind it, and connections come back', () =>
    onBench(startSentinel({ args: ON_DISK, downAfter: 3000 }), async (bench, redis) => {
      await takeOver(bench, redis, () => bench.steady());
      const outcome = await bench.outcome();
      healed(outcome);
      expect(outcome.lost).toBeGreaterThan(0);
    }));

  it('lacks no more than was under way where the primary takes nothing without it, by min-replicas-to-write', () =>
    onBench(
      startSentinel({ args: [...ON_DISK, '--min-replicas-to-write', '1'], downAfter: 3000 }),
      async (bench, redis) => {
        const before = bench.acked;
        let taken = 0;
        await takeOver(bench, redis, async () => {
          await bench.saysSo();
          taken = bench.acked;
          await pause(FURTHER_MS);
          expect(bench.acked).toBe(taken);
        });
        const outcome = await bench.outcome();
        healed(outcome);
        expect(outcome.lost).toBeLessThanOrEqual(taken - before);
      },
    ));
});
