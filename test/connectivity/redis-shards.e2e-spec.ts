import { ConnectionRegistry, ConnectivityModule, RegistryFullError } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { contractSettings } from '@millrace/connectivity/testing';
import { MillraceMetricsModule } from '@millrace/core/metrics';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { startApplication } from '../support/applications.js';
import type { RedisTopology, RunningRedis } from '../support/redis.js';
import { PLAIN_TOPOLOGIES } from '../support/redis-topologies.js';
import { suiteRedis } from '../support/suite-redis.js';
import { waitFor } from '../support/waiting.js';

const connection = (uid: string, uri = `tcp://host/${uid}`) => ({ uid, uri, dataType: 'T' });
const PARTITIONS = Array.from({ length: 40 }, (_, index) => `session-${index}`);

type Settings = Parameters<typeof contractSettings>[0];
type Options = Parameters<typeof redisRegistry>[0];

let prefixes = 0;
const prefix = (): string => `shards-${(prefixes += 1)}:`;

/** Two instances of one registry, which end with the work. */
async function withTwo(
  way: Options,
  settings: Settings,
  work: (one: ConnectionRegistry, two: ConnectionRegistry) => Promise<void>,
): Promise<void> {
  const options = { commandTimeout: '30s', keyPrefix: prefix(), ...way } as const;
  const start = async () => redisRegistry(options).create(contractSettings({ ttl: 3_600_000, ...settings }));
  const [one, two] = [await start(), await start()];
  try {
    await work(one, two);
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
}

const namesIn = async (registry: ConnectionRegistry, partition: string): Promise<string> =>
  (await registry.lookup(partition, {})).map(({ uid }) => uid).join();

describe.each(PLAIN_TOPOLOGIES)('A registry in shards on $topology', ({ start }) => {
  let redis: RedisTopology;
  beforeAll(async () => {
    redis = await start();
  });
  afterAll(() => redis.stop());

  it('shows at each instance at once what another one acknowledged, in any partition', async () => {
    await withTwo(redis.way, {}, async (one, two) => {
      for (const [index, partition] of PARTITIONS.entries()) {
        const [at, other] = index % 2 === 0 ? [one, two] : [two, one];
        await at.publish(partition, [connection('a')]);
        expect(await namesIn(other, partition)).toBe('a');
        await other.publish(partition, [connection('a', 'tcp://new'), connection('b')]);
        expect((await at.lookup(partition, {})).map(({ uri }) => uri)).toEqual(['tcp://new', 'tcp://host/b']);
        await at.retract(partition, ['a']);
        expect(await namesIn(other, partition)).toBe('b');
      }
      const expected = PARTITIONS.map((name) => ({ name, entries: 1 }));
      for (const at of [one, two]) expect(await at.partitions()).toEqual(expected);
      const { partitions, connections, maxPartitions, maxConnections } = await two.statistics();
      expect([partitions, connections, maxPartitions]).toEqual([40, 40, 40]);
      expect([...maxConnections]).toEqual(PARTITIONS.map((name) => [name, 2]));
      await two.clear();
      expect(await one.partitions()).toEqual([]);
    });
  });

  it('tells watchers at one instance what happens at another, in any partition', async () => {
    await withTwo(redis.way, {}, async (one, two) => {
      const stop = new AbortController();
      const heard = new Map(PARTITIONS.map((partition) => [partition, [] as string[]]));
      const watching = PARTITIONS.slice(0, 10).map(async (partition) => {
        for await (const event of two.watch(partition, {}, { signal: stop.signal }))
          heard.get(partition)?.push(event.type);
      });
      await waitFor('the sets', () => PARTITIONS.slice(0, 10).every((each) => heard.get(each)?.length === 1));
      for (const partition of PARTITIONS.slice(0, 10)) {
        await one.publish(partition, [connection('a')]);
        await one.publish(partition, [connection('a')]);
        await one.retract(partition, ['a']);
      }
      const expected = 'snapshot,published,retracted';
      await waitFor('all', () => PARTITIONS.slice(0, 10).every((each) => heard.get(each)?.join() === expected));
      // Not only when an instance looks around by itself, which is once a second.
      const begin = performance.now();
      for (let round = 0; round < 20; round += 1) {
        await one.publish('session-0', [connection(`b${round}`)]);
        await waitFor('the next', () => heard.get('session-0')?.length === 4 + round);
      }
      expect(performance.now() - begin).toBeLessThan(10_000);
      stop.abort();
      await Promise.all(watching);
    });
  });

  it('counts what all shards hold against its limits, and lets what is expired anywhere give way', async () => {
    const limits = { maxPartitions: 3, maxConnections: 6 };
    await withTwo(redis.way, { ttl: 2000, limits }, async (one, two) => {
      for (const [index, at] of [one, two, one].entries())
        await at.publish(PARTITIONS[index] ?? '', [connection('a'), connection('b')]);
      await expect(two.publish('more', [])).rejects.toBeInstanceOf(RegistryFullError);
      await expect(one.publish(PARTITIONS[1] ?? '', [connection('c')])).rejects.toBeInstanceOf(RegistryFullError);
      await two.publish(PARTITIONS[0] ?? '', [connection('a'), connection('b', 'tcp://new')]);
      await waitFor('room', () =>
        two.publish('more', [connection('c')]).then(
          () => true,
          () => false,
        ),
      );
      expect(await namesIn(one, 'more')).toBe('c');
    });
  });
});

describe('A registry in shards', () => {
  let redis: RunningRedis;
  let client: Redis;
  suiteRedis((started) => void ({ redis, client } = started));

  /** Texts of all commands in all logs. */
  async function commandsIn(keyPrefix: string): Promise<string[]> {
    const logs = await client.keys(`${keyPrefix}*:log`);
    const entries = await Promise.all(logs.map((log) => client.xrange(log, '-', '+')));
    return entries.flat().map(([, fields]) => fields[3] ?? '');
  }

  it('leaves alone at an instance what only others serve', async () => {
    const keyPrefix = prefix();
    const metrics = new Registry();
    const way = { ...redis.way, keyPrefix, commandTimeout: '30s' } as const;
    const running = await startApplication([
      ConnectivityModule.forRoot({ registry: redisRegistry(way), ttl: '1h' }),
      MillraceMetricsModule.forRoot({ registry: metrics }),
    ]);
    const applied = async (): Promise<number> =>
      Number(/millrace_connectivity_applied_total (\d+)/.exec(await metrics.metrics())?.[1]);
    const other = await redisRegistry(way).create(contractSettings({ ttl: 3_600_000 }));
    try {
      const mine = running.app.get(ConnectionRegistry);
      await mine.publish('session-0', [connection('a')]);
      // Another shard than that of session-0.
      await other.publish('session-1', [connection('a')]);
      const before = await applied();
      for (let round = 0; round < 20; round += 1) {
        await other.publish('session-1', [connection('a', `tcp://${round}`)]);
        await other.publish('session-1', [connection('a', `tcp://${round}`)]);
      }
      // The beats go on meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect((await applied()) - before).toBeLessThan(5);
      // Its figures count all the same.
      expect(await metrics.metrics()).toContain('millrace_connectivity_partitions 2');
      expect((await mine.lookup('session-1', {})).map(({ uri }) => uri)).toEqual(['tcp://19']);
      expect(await applied()).toBeGreaterThan(before + 20);
    } finally {
      await Promise.all([running.close(), other.close()]);
    }
  });

  it('prolongs lives without the entries: few bytes, whatever they say, and nothing for watchers', async () => {
    const keyPrefix = prefix();
    await withTwo({ ...redis.way, keyPrefix }, {}, async (one, two) => {
      const many = Array.from({ length: 500 }, (_, index) =>
        connection(`c${index}`, `tcp://${'x'.repeat(200)}${index}`),
      );
      await one.publish('p', many, { subject: 'anna', admin: false });
      const watch = two.watch('p', {})[Symbol.asyncIterator]();
      await watch.next();
      const [before] = await two.list('p');
      const written = (await commandsIn(keyPrefix)).length;
      const bytes = async (): Promise<number> =>
        Number(/total_net_input_bytes:(\d+)/.exec(await client.info('stats'))?.[1]);
      const sent = await bytes();
      for (let round = 0; round < 20; round += 1) await one.publish('p', many, { subject: 'anna', admin: false });
      expect((await bytes()) - sent).toBeLessThan(60_000);
      const touches = (await commandsIn(keyPrefix)).slice(written);
      expect(touches.length).toBeGreaterThan(0);
      expect(touches.join()).not.toContain('tcp:');
      expect(touches.join().length).toBeLessThan(10_000);
      const [[first], [second]] = [await one.list('p'), await two.list('p')];
      expect(second?.expiresAt).toBeGreaterThan(before?.expiresAt ?? 0);
      expect(Math.abs((second?.expiresAt ?? 0) - (first?.expiresAt ?? 0))).toBeLessThan(50);
      await two.publish('p', [connection('last')]);
      // The first that a watcher hears of.
      expect((await watch.next()).value).toMatchObject({ type: 'published', connection: { uid: 'last' } });
      await watch.return?.();
    });
  });

  it('publishes in full what another instance has changed or retracted meanwhile', async () => {
    await withTwo({ ...redis.way }, {}, async (one, two) => {
      for (let round = 0; round < 20; round += 1) {
        await one.publish('p', [connection('a'), connection('b')]);
        if (round % 2 === 0) await two.publish('p', [connection('a', 'tcp://other')]);
        else await two.retract('p', ['a', 'b']);
        await one.publish('p', [connection('a'), connection('b')]);
        expect((await two.lookup('p', {})).map(({ uri }) => uri)).toEqual(['tcp://host/a', 'tcp://host/b']);
      }
    });
  });

  it('keeps the order of calls that do not wait for each other, repetitions among them', async () => {
    await withTwo({ ...redis.way }, {}, async (one, two) => {
      await one.publish('p', [connection('a', 'tcp://0')]);
      for (let round = 1; round < 20; round += 1) {
        const uris = [`tcp://${round}`, `tcp://${round - 1}`, `tcp://${round}`, `tcp://${round}`];
        await Promise.all(uris.map((uri) => one.publish('p', [connection('a', uri)])));
        expect((await two.lookup('p', {})).map(({ uri }) => uri)).toEqual([`tcp://${round}`]);
      }
    });
  });

  it('has as many keys as ever, however many partitions there are', async () => {
    const keyPrefix = prefix();
    const limits = { maxPartitions: 1000 };
    await withTwo({ ...redis.way, keyPrefix, snapshotEvery: 20 }, { limits }, async (one, two) => {
      const names = Array.from({ length: 500 }, (_, index) => `partition ${index}`);
      await Promise.all(names.map((name) => one.publish(name, [connection('a')])));
      expect((await two.partitions()).length).toBe(500);
      expect((await client.keys(`${keyPrefix}*`)).length).toBeLessThanOrEqual(16 * 5 + 4);
      await one.clear();
      expect((await two.partitions()).length).toBe(0);
    });
  });

  it('asks for all partitions of a moment in one command, and tells Redis of all in another', async () => {
    const calls = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0);
    await withTwo(redis.way, {}, async (one, two) => {
      const all = async (work: (name: string) => Promise<unknown>): Promise<number> => {
        const before = await calls();
        for (let round = 0; round < 20; round += 1) await Promise.all(PARTITIONS.map(work));
        return (await calls()) - before;
      };
      await all((name) => one.publish(name, [connection('a')]));
      await all((name) => namesIn(two, name));
      // Among them are those of the beats, and the first of a moment may go before the others.
      expect(await all((name) => namesIn(two, name))).toBeLessThan(2 * 20 + 20);
      expect(await all((name) => one.publish(name, [connection('a')]))).toBeLessThan(3 * 20 + 20);
    });
  });

  it('lets what fails in one shard fail there alone', async () => {
    const keyPrefix = prefix();
    await withTwo({ ...redis.way, keyPrefix }, {}, async (one, two) => {
      for (const name of PARTITIONS) await one.publish(name, [connection('a')]);
      const [log = ''] = await client.keys(`${keyPrefix}*:log`);
      // No entry can come after that one.
      await client.xsetid(log, '18446744073709551615-18446744073709551615');
      const results = await Promise.allSettled(PARTITIONS.map((name) => one.publish(name, [connection('b')])));
      const isThere = results.map(({ status }) => status === 'fulfilled');
      expect(new Set(isThere)).toEqual(new Set([true, false]));
      for (const [index, name] of PARTITIONS.entries())
        expect([name, await namesIn(two, name)]).toEqual([name, isThere[index] ? 'a,b' : 'a']);
    });
  });

  it('leaves what was not used for a while, and knows all of it when it comes back', async () => {
    const way = { ...redis.way, idleTimeout: 100 };
    await withTwo(way, { ttl: 1500, grace: 3_600_000 }, async (one, two) => {
      await two.publish('p', [connection('a')]);
      await one.publish('p', [connection('b')]);
      const applied = async (): Promise<number> => (await two.counts()).applied ?? 0;
      await waitFor('its leaving', async () => {
        const before = await applied();
        await one.publish('p', [connection('b', `tcp://${before}`)]);
        await new Promise((resolve) => setTimeout(resolve, 100));
        return before > 0 && (await applied()) === before;
      });
      await one.publish('p', [connection('c')]);
      expect(await namesIn(two, 'p')).toBe('b,c');
      expect((await two.list('p')).map(({ entry }) => entry.uid)).toEqual(['a', 'b', 'c']);
    });
  });

  it('has all of its partitions after everything was flushed, or only the table of its shards', async () => {
    const keyPrefix = prefix();
    await withTwo({ ...redis.way, keyPrefix }, {}, async (one, two) => {
      for (const [index, name] of PARTITIONS.entries())
        await (index % 2 === 0 ? one : two).publish(name, [connection('a')]);
      const expected = PARTITIONS.map((name) => ({ name, entries: 1 }));
      await client.del(`${keyPrefix}{millrace:connectivity}:shards`);
      for (const at of [one, two]) expect(await at.partitions()).toEqual(expected);
      await client.flushall();
      for (const at of [one, two])
        await waitFor('all of them', async () => JSON.stringify(await at.partitions()) === JSON.stringify(expected));
      await one.publish('one more', []);
      expect((await two.partitions()).at(-1)?.name).toBe('one more');
      expect((await two.statistics()).partitions).toBe(41);
    });
  });
});
