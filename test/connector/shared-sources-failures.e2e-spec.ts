import { redisSources } from '@millrace/connector/redis';
import { buildLibrary } from '../support/build.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { type RedisTopology, startRedis } from '../support/redis.js';
import { PLAIN_TOPOLOGIES } from '../support/redis-topologies.js';
import { waitFor } from '../support/waiting.js';
import { AnsweringConnector } from './support/answering-connector.js';
import { startHub } from './support/hub.js';
import { HubProcess } from './support/hub-process.js';

// A build of the library may come first.
jest.setTimeout(300_000);

const LEASE = 3000;
/** What a machine that stalls may add to it. */
const SLACK = 10_000;

/** A connector that comes back until it is taken. */
async function comeBack(at: { wsUrl: string }, secret?: string): Promise<AnsweringConnector> {
  return waitFor('the claim', () => AnsweringConnector.connect(at.wsUrl, 'a', { secret }).catch(() => undefined));
}

describe.each(PLAIN_TOPOLOGIES)('connector#84: Sources of instances that fail, on $topology', ({ start }) => {
  let redis: RedisTopology;
  let hubs: HubProcess[] = [];
  beforeAll(async () => {
    await buildLibrary('connector');
    redis = await start();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    await redis.flushAll();
    const options = { ...redis.way, commandTimeout: '2s', lease: LEASE };
    hubs = await Promise.all([HubProcess.start(options), HubProcess.start(options)]);
  });
  afterEach(() => Promise.all(hubs.map((hub) => hub.kill())));

  it.each([
    ['the same secret, at once', 'mine'],
    ['no secret, within the lease', undefined],
  ])(
    'an instance killed in the middle of a query: its connector goes on at another one with %s',
    async (_how, secret) => {
      const [owner, other] = hubs as [HubProcess, HubProcess];
      const connector = await AnsweringConnector.connect(owner.wsUrl, 'a', { secret });
      expect(await other.ask('POST', '/a/query', {})).toMatchObject([200, [{ row: 0 }]]);
      const open = other.ask('POST', '/a/query', { silent: true });
      await waitFor('the query', () => connector.queried.length === 2);
      const killedAt = performance.now();
      await owner.kill();
      const again = await comeBack(other, secret);
      expect(performance.now() - killedAt).toBeLessThan(secret ? LEASE : LEASE + SLACK);
      expect(await other.ask('POST', '/a/query', { rows: 2 })).toMatchObject([200, [{ row: 0 }, { row: 1 }]]);
      expect(await open).toMatchObject([503, { detail: { messageCode: 'millrace.hub.connectionLost' } }]);
      expect(performance.now() - killedAt).toBeLessThan(LEASE + SLACK);
      expect(await other.ask('GET', '/a')).toMatchObject([200, { state: 'connected', openQueries: 0 }]);
      await again.close();
    },
  );

  it('an instance that stands still longer than its lease: one owner afterwards, and nothing is answered by both', async () => {
    const [owner, other] = hubs as [HubProcess, HubProcess];
    const connector = await AnsweringConnector.connect(owner.wsUrl, 'a');
    connector.notify({ n: 1 }, 'epoch:1');
    await waitFor('the acknowledgement', () => connector.acknowledged.length === 1);
    owner.signal('SIGSTOP');
    // What reaches it now is read when it goes on.
    connector.notify({ n: 2 }, 'epoch:2');
    const late = owner.ask('POST', '/a/query', { rows: 1 });
    const again = await comeBack(other);
    again.notify({ n: 2 }, 'epoch:2');
    await waitFor('the acknowledgement', () => again.acknowledged.length === 1);
    owner.signal('SIGCONT');
    expect(await connector.closed).toMatchObject({ code: 1013 });
    // It has joined again, and asks the new owner.
    const [status] = await late;
    expect([200, 503]).toContain(status);
    await waitFor('the instance', async () => (await owner.ask('POST', '/a/query', { rows: 2 }))[0] === 200);
    expect(await owner.ask('POST', '/a/publish', { after: 'all' })).toEqual([202, undefined]);
    await waitFor('the message', () => again.published.length === 1);
    expect([connector.queried, connector.published, connector.acknowledged]).toEqual([[], [], [200]]);
    expect([owner.handled, other.handled]).toEqual([[{ n: 1 }], [{ n: 2 }]]);
    const seen = await waitFor('the same at both', async () => {
      const [here, there] = [await owner.ask('GET', '/a'), await other.ask('GET', '/a')];
      return JSON.stringify(here) === JSON.stringify(there) && here;
    });
    expect(seen).toMatchObject([200, { state: 'connected', notifications: 2 }]);
    await again.close();
  });
});

it('connector#84: An instance that is cut off from Redis longer than its lease gives its sources up, and comes back', async () => {
  const redis = await startRedis();
  const proxy = await CuttingProxy.start(redis.port);
  const start = (port: number) =>
    startHub({
      store: redisSources({
        url: `redis://127.0.0.1:${port}`,
        commandTimeout: '500ms',
        startTimeout: '30s',
        lease: LEASE,
      }),
      public: true,
    });
  const [cut, other] = [await start(proxy.port), await start(redis.port)];
  const served = await AnsweringConnector.connect(cut.wsUrl, 'a');
  const frozenAt = performance.now();
  proxy.target = undefined;
  proxy.freeze();
  await cut.hub.publish('a', { still: 'here' });
  await waitFor('the message', () => served.published.length === 1);
  expect(await served.closed).toMatchObject({ code: 1013 });
  // Not before half of the lease: a short trouble with Redis costs no connection.
  expect(performance.now() - frozenAt).toBeGreaterThan(LEASE / 2);
  const again = await comeBack(other);
  await expect(cut.hub.publish('a', {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  proxy.target = redis.port;
  proxy.cut();
  await waitFor('the instance', () =>
    cut.hub.publish('a', { from: 'cut' }).then(
      () => true,
      () => false,
    ),
  );
  await waitFor('the message', () => again.published.length === 1);
  expect(again.published).toEqual([{ from: 'cut' }]);
  await again.close();
  const back = await comeBack(cut);
  await other.hub.publish('a', { from: 'other' });
  await waitFor('the message', () => back.published.length === 1);
  await back.close();
  await Promise.all([cut.close(), other.close()]);
  await proxy.close();
  await redis.stop();
});
