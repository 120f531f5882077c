import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { BullMqOutbox, type BullMqOutboxOptions } from '@millrace/connector/bullmq';
import type { OutboxEntry, OutboxQueue } from '@millrace/connector';
import { sharedRedis } from '@millrace/core/redis';
import { freePort } from '../support/free-port.js';
import { askServer, type RunningRedis, startRedis } from '../support/redis.js';
import { startCluster } from '../support/redis-cluster.js';
import { startSentinel } from '../support/redis-sentinel.js';
import { waitFor } from '../support/waiting.js';

/** Where Redis is away that is said at once; a machine that stalls is not to be taken for that. */
const PATIENT = 30_000;

const entry = (number: number): OutboxEntry => ({ id: `epoch:${number}`, object: `{"n":${number}}` });
const numbersOf = (entries: readonly OutboxEntry[]): number[] =>
  entries.map(({ object }) => (JSON.parse(object) as { n: number }).n);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('An outbox on BullMQ', () => {
  let redis: RunningRedis;
  let observer: Redis;
  beforeEach(async () => {
    redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    observer = new Redis(redis.url);
    // A server that is ended on purpose.
    observer.on('error', () => undefined);
  });
  afterEach(async () => {
    observer.disconnect();
    await redis.stop();
  });

  const connection = (more: object = {}) => ({ host: '127.0.0.1', port: redis.port, commandTimeout: PATIENT, ...more });
  /** Names of the connections that others than the test have. */
  const others = async (): Promise<string[]> =>
    ((await observer.client('LIST')) as string)
      .trim()
      .split('\n')
      .filter((line) => !line.includes('cmd=client'))
      .map((line) => / name=(\S*)/.exec(line)?.[1] ?? '');

  describe.each<[string, () => BullMqOutboxOptions]>([
    ['with a connection of its own', () => ({ connection: connection() })],
    ['on the connection of other modules', () => ({ redis: sharedRedis({ ...redis.way, commandTimeout: PATIENT }) })],
  ])('%s', (_how, options) => {
    it('has one connection with a name, however many sources there are, and none when they are closed', async () => {
      const outbox = new BullMqOutbox(options());
      const queues = await Promise.all(range(20).map((number) => outbox.open(`source ${number}`)));
      await Promise.all(queues.map(async (queue, number) => queue.append(entry(number))));
      for (const [number, queue] of queues.entries()) expect(numbersOf(await queue.read(2))).toEqual([number]);
      expect(await others()).toEqual(['millrace:outbox']);
      await Promise.all(queues.map(async (queue) => queue.close()));
      await waitFor('the end of the connection', async () => (await others()).length === 0);
      const again = await outbox.open('source 7');
      expect(numbersOf(await again.read(2))).toEqual([7]);
      await again.close();
    });
  });

  it("works by the host's connection, and leaves it open", async () => {
    const own = new Redis(redis.url, { maxRetriesPerRequest: null });
    try {
      const outbox = new BullMqOutbox({ connection: own });
      const queues = await Promise.all(['a', 'b'].map((source) => outbox.open(source)));
      await queues[0]?.append(entry(1));
      expect(await others()).toEqual(['']);
      for (const queue of queues) await queue.close();
      expect(await own.ping()).toBe('PONG');
    } finally {
      own.disconnect();
    }
  });

  it('has what an earlier version has left on one server, before what is new', async () => {
    const before = new Queue<OutboxEntry>('millrace-outbox-a%3Ab', { connection: connection() });
    await before.addBulk(range(3).map((number) => ({ name: 'notification', data: entry(number) })));
    await before.close();
    const queue = await new BullMqOutbox({ connection: connection() }).open('a:b');
    expect(queue.size).toBe(3);
    await queue.append(entry(3));
    expect(numbersOf(await queue.read(10))).toEqual([0, 1, 2, 3]);
    await queue.close();
  });

  it('keeps its keys below the prefix that is asked for, and below one of ours where Redis is shared', async () => {
    const prefixes = async (): Promise<string[]> =>
      [...new Set((await observer.keys('*')).map((key) => key.slice(0, key.indexOf(':millrace-outbox'))))].sort();
    const keep = async (options: BullMqOutboxOptions): Promise<void> => {
      const queue = await new BullMqOutbox(options).open('{a}:b');
      await queue.append(entry(1));
      await queue.close();
    };
    await keep({ connection: connection() });
    await keep({ connection: connection(), prefix: '{mine}' });
    await keep({ redis: sharedRedis({ ...redis.way, keyPrefix: 'app:' }) });
    expect(await prefixes()).toEqual(['app:{millrace:outbox}', 'bull', '{mine}']);
  });

  it('works on a cluster without a word about prefixes', async () => {
    const nodes = await startCluster();
    const cluster = nodes.connect();
    try {
      const ways = [{ connection: cluster }, { redis: sharedRedis({ ...nodes.way, commandTimeout: PATIENT }) }];
      for (const way of ways) {
        const queue = await new BullMqOutbox(way).open('{a}:b');
        await Promise.all(range(20).map(async (number) => queue.append(entry(number))));
        expect(numbersOf(await queue.read(30))).toEqual(range(20));
        await queue.remove(20);
        await queue.close();
      }
      const keys = (await nodes.onPrimaries((primary) => primary.keys('*'))).flat();
      expect(keys).not.toEqual([]);
      for (const key of keys) expect(key).toMatch(/^\{millrace:outbox\}:millrace-outbox-%7Ba%7D%3Ab:/);
    } finally {
      cluster.disconnect();
      await nodes.stop();
    }
  });

  it('goes on with the next master that Sentinels choose', async () => {
    const sentinel = await startSentinel();
    try {
      const outbox = new BullMqOutbox({ connection: { ...sentinel.way, commandTimeout: 5000 } });
      const queue = await outbox.open('a');
      await queue.append(entry(0));
      const replica = await sentinel.replica();
      await waitFor(
        'the copy',
        async () => await askServer(replica, async (server) => (await server.keys('bull:*:wait')).length > 0),
      );
      await (await sentinel.primary()).kill();
      await waitFor('the next master', async () => {
        const [outcome] = await Promise.allSettled([queue.append(entry(1))]);
        return outcome.status === 'fulfilled';
      });
      expect(numbersOf(await queue.read(10))).toEqual([0, 1]);
      await queue.close();
    } finally {
      await sentinel.stop();
    }
  });

  it('loses nothing that it has taken while Redis is killed and comes back, and keeps the order, each once', async () => {
    const queue = await new BullMqOutbox({ connection: connection() }).open('a');
    const taken: number[] = [];
    let stop = false;
    const write = async (): Promise<number> => {
      for (let number = 0; ; number += 1) {
        if (stop) return number;
        await queue.append(entry(number));
        taken.push(number);
      }
    };
    const writing = write();
    for (let round = 1; round <= 3; round += 1) {
      await waitFor('some more', () => taken.length > round * 50);
      await redis.kill();
      await redis.restart();
    }
    await waitFor('some more', () => taken.length > 200);
    stop = true;
    expect(taken).toEqual(range(await writing));
    expect(queue.size).toBe(taken.length);
    expect(numbersOf(await queue.read(taken.length + 1000))).toEqual(taken);
    await queue.remove(taken.length);
    expect(queue.size).toBe(0);
    await queue.close();
  });

  describe('while Redis stands still', () => {
    const opened = async (): Promise<OutboxQueue> =>
      new BullMqOutbox({ connection: connection({ commandTimeout: 2000 }) }).open('a');

    it('says after a while that it cannot keep a notification, and counts right when Redis goes on', async () => {
      const queue = await opened();
      for (const number of [0, 1]) await queue.append(entry(number));
      redis.signal('SIGSTOP');
      const failed = queue.append(entry(2));
      await expect(failed).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/^The outbox cannot reach Redis.*may have been kept all the same$/),
      });
      redis.signal('SIGCONT');
      await waitFor('the next one', async () => {
        const outcome = await Promise.allSettled([queue.append(entry(3))]);
        return outcome[0].status === 'fulfilled';
      });
      const entries = numbersOf(await queue.read(100));
      expect(entries.filter((number) => number !== 2)).toEqual([0, 1, 3]);
      expect(queue.size).toBe(entries.length);
      await queue.remove(entries.length);
      expect(queue.size).toBe(0);
      expect(await queue.read(100)).toEqual([]);
      await queue.close();
    });

    it('removes later what it could not', async () => {
      const queue = await opened();
      for (const number of range(3)) await queue.append(entry(number));
      await queue.read(2);
      redis.signal('SIGSTOP');
      await expect(Promise.resolve(queue.remove(2))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      redis.signal('SIGCONT');
      const read = await waitFor('Redis', async () => Promise.resolve(queue.read(10)).catch(() => undefined));
      expect(numbersOf(read)).toEqual([2]);
      expect(queue.size).toBe(1);
      await queue.close();
    });
  });

  it('does not open where there is no Redis, and says where it looked', async () => {
    const port = await freePort();
    await expect(
      new BullMqOutbox({ redis: sharedRedis({ url: `redis://127.0.0.1:${port}`, startTimeout: '2s' }) }).open('a'),
    ).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`The outbox got no answer of Redis within 2000 ms at 127.0.0.1:${port}`),
    });
  });
});
