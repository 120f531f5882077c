import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { buildLibrary } from '../../support/build.js';
import type { RedisTopology } from '../../support/redis.js';
import { PLAIN_TOPOLOGIES } from '../../support/redis-topologies.js';
import { waitFor } from '../../support/waiting.js';
import { GroupBench, texts, type Worker } from './support/group-bench.js';

/** How long a dead consumer keeps what it held. */
const IDLE = 2000;
/** Entries that one consumer holds at the most. */
const BATCH = 100;

jest.setTimeout(300_000);

describe.each(PLAIN_TOPOLOGIES)('A group whose processes are killed on $topology', ({ start }) => {
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

  /** The texts, each where it was handled first. */
  const firstOnes = async (): Promise<string[]> => [...new Set((await bench.handled()).map(({ text }) => text))];

  it.each([true, false])(
    'stream-store#87 #93: what a killed one held is handled by the other within the idle time, and nothing is lost (ordered: %s)',
    async (ordered) => {
      const options = { idle: IDLE, ordered };
      const [a] = await Promise.all(['a', 'b'].map((name) => bench.worker(name, options)));
      const appending = bench.append(10_000);
      await waitFor('work of the first', async () => (await bench.handled()).some(({ worker }) => worker === 'a'));
      await waitFor('a part', async () => (await bench.count()) > 1000);
      const dead = once(a!.child, 'exit');
      a?.child.kill('SIGKILL');
      await dead;
      await appending;
      await waitFor('all entries', async () => new Set(await firstOnes()).size === 10_000, { deadline: 120_000 });
      const first = await firstOnes();
      if (ordered) expect(first).toEqual(texts(10_000));
      else expect(new Set(first)).toEqual(new Set(texts(10_000)));
      expect((await bench.count()) - 10_000).toBeLessThanOrEqual(BATCH);
      expect(await bench.gaps()).toEqual([]);
    },
  );

  it('stream-store#87: the idle time bounds how long the entries of a killed one wait', async () => {
    const a = await bench.worker('a', { idle: IDLE });
    a.child.send('freeze');
    await bench.append(10);
    await waitFor('a claim', async () => (await bench.store.groups.describe('work', 'workers'))?.pending === 10);
    await bench.worker('b');
    // It is alive, so it keeps what it holds.
    await new Promise((resolve) => setTimeout(resolve, 2 * IDLE));
    expect(await bench.count()).toBe(0);
    const killed = performance.now();
    const dead = once(a.child, 'exit');
    a.child.kill('SIGKILL');
    await dead;
    await waitFor('all entries', async () => (await bench.count()) === 10);
    expect(performance.now() - killed).toBeLessThan(IDLE + 3000);
  });

  it('stream-store#87: a process that stood still gives up what went to another one meanwhile', async () => {
    const a = await bench.worker('a', { idle: IDLE });
    await bench.append(1000);
    await waitFor('some entries', async () => (await bench.count()) > 10);
    a.child.kill('SIGSTOP');
    await bench.worker('b', { idle: IDLE });
    await waitFor('the others', async () => new Set(await firstOnes()).size === 1000, { deadline: 60_000 });
    const before = await bench.count();
    a.child.kill('SIGCONT');
    await bench.append(1100, 1000);
    await waitFor('what came later', async () => new Set(await firstOnes()).size === 1100);
    // The one entry that it was at work on.
    expect((await bench.count()) - before - 100).toBeLessThanOrEqual(1);
    expect(await firstOnes()).toEqual(texts(1100));
  });

  it('stream-store#89 #99: entries that fail always are set aside, and REST and metrics show them', async () => {
    const options = { attempts: 2, idle: IDLE, maxDeliveries: 3 };
    const workers = await Promise.all(['a', 'b'].map((name) => bench.worker(name, options)));
    const entries = ['1', 'bad 2', '3', 'bad 4', '5'].map((text) => Buffer.from(text));
    const ids = await bench.store.append('work', entries);
    await waitFor('the good ones', async () => (await bench.count()) === 3);
    expect(await firstOnes()).toEqual(['1', '3', '5']);
    await waitFor('the bad ones', async () => (await asideOf(workers[0]!)).length === 2);
    expect(await asideOf(workers[1]!)).toMatchObject([
      { id: ids[1], deliveries: 1, reason: 'Its attempts are used up' },
      { id: ids[3], deliveries: 1, reason: 'Its attempts are used up' },
    ]);
    expect(await metricsOf(workers[0]!)).toMatch(
      /^millrace_stream_group_set_aside\{stream="work",group="workers"\} 2$/m,
    );
  });

  it('stream-store#89: an entry that kills its process is set aside when it has done so often enough', async () => {
    const options = { idle: IDLE, maxDeliveries: 3 };
    const alive = new Set<ChildProcess>();
    let isOver = false;
    const keepUp = async (name: string): Promise<void> => {
      while (!isOver) {
        const child = bench.begin(name, options);
        alive.add(child);
        await once(child, 'exit');
        alive.delete(child);
      }
    };
    await bench.store.append(
      'work',
      ['1', '2', 'poison', '4'].map((text) => Buffer.from(text)),
    );
    const running = Promise.all(['a', 'b'].map((name) => keepUp(name)));
    await waitFor('the others', async () => new Set(await firstOnes()).size === 3, { deadline: 120_000 });
    expect(await firstOnes()).toEqual(['1', '2', '4']);
    const [entry, ...more] = await bench.store.groups.listSetAside('work', 'workers', { count: 9 });
    expect([entry?.deliveries, more]).toEqual([3, []]);
    isOver = true;
    for (const child of alive) child.kill('SIGKILL');
    await running;
  });
});

async function asideOf({ url }: Worker): Promise<unknown[]> {
  return (await (await fetch(`${url}/streams/work/groups/workers/aside`)).json()) as unknown[];
}

async function metricsOf({ child }: Worker): Promise<string> {
  child.send('metrics');
  const [text] = (await once(child, 'message')) as [string];
  return text;
}
