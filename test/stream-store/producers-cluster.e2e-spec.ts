import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { startCluster } from '../support/redis-cluster.js';
import { waitFor } from '../support/waiting.js';
import { dataOf } from './support/append-record.js';
import { moveSlot } from './support/move-slot.js';

const SETTINGS = storeContext({ retention: { maxLength: 100_000_000 } });
/** Appends that a producer makes ahead of their answers. */
const AHEAD = 4;

it('Producers on a cluster go on, each entry once and in order, while their slot moves from master to master', async () => {
  // No master is to count as down.
  const redis = await startCluster({ nodeTimeout: 60_000 });
  const stores = await Promise.all(
    [0, 1].map(async () => redisStore({ ...redis.way, commandTimeout: 60_000 }).create(SETTINGS)),
  );
  let done = false;
  const acked = [0, 0];
  const produce = async (id: number): Promise<void> => {
    for (let sequence = 0; !done; sequence += AHEAD) {
      const sendAll = (): Promise<unknown> =>
        Promise.all(
          Array.from({ length: AHEAD }, async (_unused, index) =>
            stores[id]?.append('{moving}a', [Buffer.from(`${id} ${sequence + index}`)], {
              producer: { id: `p${id}`, epoch: 0, sequence: sequence + index, continues: index > 0 },
            }),
          ),
        );
      await sendAll();
      // Each is sent again by the other store.
      if (sequence % 40 === 0)
        await stores[1 - id]?.append('{moving}a', [Buffer.from('repeat')], {
          producer: { id: `p${id}`, epoch: 0, sequence },
        });
      acked[id] = sequence + AHEAD;
    }
  };
  try {
    const producing = Promise.all([produce(0), produce(1)]);
    for (let round = 0; round < 3; round += 1) {
      const before = [...acked];
      const moving = moveSlot(redis, '{moving}a');
      await moving;
      await waitFor('appends', () => acked.every((count, id) => count >= (before[id] ?? 0) + 100));
    }
    done = true;
    await producing;
    const stored = (await dataOf(stores[0] as never, '{moving}a')).map(String);
    for (const [id, count] of acked.entries())
      expect(stored.filter((text) => text.startsWith(`${id} `))).toEqual(
        Array.from({ length: count }, (_unused, number) => `${id} ${number}`),
      );
    expect(stored.length).toBe(acked.reduce((sum, count) => sum + count));
  } finally {
    done = true;
    await Promise.all(stores.map((store) => store.close()));
    await redis.stop();
  }
});
