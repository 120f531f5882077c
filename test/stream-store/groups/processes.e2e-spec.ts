import { once } from 'node:events';
import { buildLibrary } from '../../support/build.js';
import type { RedisTopology } from '../../support/redis.js';
import { PLAIN_TOPOLOGIES } from '../../support/redis-topologies.js';
import { scaled } from '../../support/soak.js';
import { waitFor } from '../../support/waiting.js';
import { GroupBench, texts } from './support/group-bench.js';

const ENTRIES = scaled(10_000, 1000);

jest.setTimeout(300_000);

describe.each(PLAIN_TOPOLOGIES)('One group in two processes on $topology', ({ start }) => {
  let redis: RedisTopology;
  let bench: GroupBench;
  beforeAll(async () => {
    await buildLibrary('stream-store');
    redis = await start();
  });
  beforeEach(async () => {
    await redis.flushAll();
    bench = await GroupBench.open(redis);
  });
  afterEach(() => bench.close());
  afterAll(() => redis.stop());

  it(`stream-store#93: handles ${ENTRIES} entries once each, in order, and both have their share`, async () => {
    await Promise.all(['a', 'b'].map((name) => bench.worker(name)));
    await bench.append(ENTRIES);
    await waitFor('all entries', async () => (await bench.count()) >= ENTRIES, { deadline: 200_000 });
    const handled = await bench.handled();
    expect(handled.map(({ text }) => text)).toEqual(texts(ENTRIES));
    const shares = ['a', 'b'].map((name) => handled.filter(({ worker }) => worker === name).length);
    expect(Math.min(...shares)).toBeGreaterThan(ENTRIES / 10);
    await waitFor('the end', async () => (await bench.store.groups.describe('work', 'workers'))?.pending === 0);
    expect(await bench.gaps()).toEqual([]);
  });

  it('stream-store#93: a process that ends hands over at once, in order and without a second time', async () => {
    const [first] = await Promise.all(['a', 'b'].map((name) => bench.worker(name)));
    await bench.append(300);
    await waitFor('some entries', async () => (await bench.count()) >= 50);
    const closed = once(first!.child, 'exit');
    first?.child.send('close');
    await closed;
    await bench.append(400, 300);
    await waitFor('all entries', async () => (await bench.count()) >= 400, { deadline: 20_000 });
    expect((await bench.handled()).map(({ text }) => text)).toEqual(texts(400));
  });
});
