import { redisSources } from '@millrace/connector/redis';
import type { Redis } from 'ioredis';
import { buildLibrary } from '../support/build.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { waitFor } from '../support/waiting.js';
import { AnsweringConnector } from './support/answering-connector.js';
import { type RunningHub, startHub } from './support/hub.js';
import { HubProcess } from './support/hub-process.js';

// A build of the library may come first.
jest.setTimeout(300_000);

describe('connector#82: What instances send each other through Redis', () => {
  let redis: RunningRedis;
  let client: Redis;
  let owner: RunningHub;
  let other: RunningHub;
  let proxy: CuttingProxy;
  let connector: AnsweringConnector;
  suiteRedis((started) => void ({ redis, client } = started));
  beforeAll(async () => {
    proxy = await CuttingProxy.start(redis.port);
    const start = (port: number) => {
      const url = `redis://127.0.0.1:${port}`;
      return startHub({ store: redisSources({ url, commandTimeout: '30s', lease: '60s' }), public: true });
    };
    [owner, other] = await Promise.all([start(proxy.port), start(redis.port)]);
    connector = await AnsweringConnector.connect(owner.wsUrl, 'a', {});
  });
  afterAll(async () => {
    await connector.close();
    await Promise.all([owner.close(), other.close()]);
    await proxy.close();
  });

  const commands = async (): Promise<number> =>
    Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
  /** Commands of Redis for each of some queries, those within scripts too, and those of the instances themselves. */
  const costOf = async (queries: number, clients: number): Promise<number> => {
    let left = queries;
    const ask = async (): Promise<void> => {
      while ((left -= 1) >= 0) await other.hub.query('a', { size: 100 });
    };
    const before = await commands();
    await Promise.all(Array.from({ length: clients }, ask));
    return ((await commands()) - before) / queries;
  };

  it('costs few commands: those for one query by itself, and less where many are under way', async () => {
    await other.hub.query('a', {});
    expect(await costOf(300, 1)).toBeLessThan(14);
    expect(await costOf(3000, 30)).toBeLessThan(4);
  });

  it('keeps its order while Redis forgets all scripts', async () => {
    const numbers = Array.from({ length: 2000 }, (_unused, index) => index);
    let isOver = false;
    const forget = async (): Promise<void> => {
      while (!isOver) await client.script('FLUSH');
    };
    const forgetting = forget();
    await Promise.all(
      numbers.map(async (index) => {
        // Some in each of many turns.
        for (let turn = 0; turn < index / 20; turn += 1) await new Promise(setImmediate);
        await other.hub.publish('a', { index });
      }),
    );
    isOver = true;
    await forgetting;
    await waitFor('all of them', () => connector.published.length === numbers.length);
    expect(connector.published).toEqual(numbers.map((index) => ({ index })));
  });

  it('comes once and in order where connections to Redis are lost on the way', async () => {
    const rows: number[] = [];
    for await (const { row } of other.hub.queryRows<{ row: number }>('a', { rows: 3000, size: 1000 })) {
      rows.push(row);
      if (row % 200 === 100) proxy.cut();
    }
    expect(rows).toEqual(Array.from({ length: 3000 }, (_unused, row) => row));
    expect(proxy.accepted).toBeGreaterThan(4);
  });

  it('comes again where Redis has dropped an inbox', async () => {
    const start = () =>
      startHub({ store: redisSources({ url: redis.url, keyPrefix: 'dropped:', lease: '2s' }), public: true });
    const [one, two] = await Promise.all([start(), start()]);
    const served = await AnsweringConnector.connect(one.wsUrl, 'a');
    expect(await two.hub.query('a', {})).toHaveLength(1);
    await client.del(await client.keys('dropped:{millrace:sources}:inbox:*'));
    await waitFor('an answer', () => two.hub.query('a', {}).catch(() => undefined));
    await served.close();
    await Promise.all([one.close(), two.close()]);
  });

  it('is gone from Redis when it has been read', async () => {
    await other.hub.query('a', { rows: 50, size: 1000 });
    await waitFor('empty inboxes', async () => {
      const inboxes = await client.keys('{millrace:sources}:inbox:*');
      const lengths = await Promise.all(inboxes.map((inbox) => client.xlen(inbox)));
      const waiting = await client.hvals('{millrace:sources}:waiting');
      return inboxes.length === 2 && [...lengths, ...waiting].every((each) => Number(each) === 0);
    });
  });
});

it('connector#82: An instance that stands still has no more waiting for it than there is room for, and goes on', async () => {
  await buildLibrary('connector');
  const redis = await startRedis();
  const client = redis.connect();
  const options = { url: redis.url, commandTimeout: '1s', lease: '60s' };
  const stopped = await HubProcess.start(options);
  const other = await startHub({ store: redisSources(options), public: true });
  const connector = await AnsweringConnector.connect(stopped.wsUrl, 'a');
  const bytesWaiting = async (): Promise<number> =>
    (await client.hvals('{millrace:sources}:waiting')).reduce((sum, bytes) => sum + Number(bytes), 0);
  stopped.signal('SIGSTOP');
  const codes = new Set<string>();
  const publish = (): Promise<unknown> =>
    other.hub
      .publish('a', 'x'.repeat(1_000_000))
      .catch((error: { messageCode: string }) => codes.add(error.messageCode));
  for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 10 }, publish));
  // Those that were sent were not answered.
  expect([...codes]).toEqual(['millrace.hub.connectionLost', 'millrace.hub.overloaded']);
  expect(await bytesWaiting()).toBeGreaterThan(64e6);
  expect(await bytesWaiting()).toBeLessThan(80e6);
  stopped.signal('SIGCONT');
  await waitFor('an empty inbox', async () => (await bytesWaiting()) === 0);
  await other.hub.publish('a', { after: 'all' });
  await waitFor('the message', () => connector.published.length > 0);
  // What nobody waited for any more was not brought.
  expect(connector.published).toEqual([{ after: 'all' }]);
  await connector.close();
  await Promise.all([stopped.kill(), other.close()]);
  client.disconnect();
  await redis.stop();
});
