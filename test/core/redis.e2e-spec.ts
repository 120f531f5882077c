import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { redisApiKeys, redisLoginLimits, redisTokenRevocations, redisUsers } from '@millrace/auth/redis';
import { redisRegistry } from '@millrace/connectivity/redis';
import { redisStore } from '@millrace/stream-store/redis';
import { defineOptions } from '@millrace/core/options';
import { areaKeys, oneWayToRedis, openRedis, RedisConnections, redisShape, sharedRedis } from '@millrace/core/redis';
import { Cluster, Redis } from 'ioredis';
import { freePort } from '../support/free-port.js';
import { holdTimers } from '../support/held-timers.js';
import { askServer, type RunningRedis, startRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { startSentinel } from '../support/redis-sentinel.js';
import { waitFor } from '../support/waiting.js';

const { read } = defineOptions('testStore', redisShape(), oneWayToRedis);
const PURPOSES = { commands: {}, tail: { blocking: 2000 } };

describe('Connections to Redis', () => {
  let redis: RunningRedis;
  let observer: Redis;
  suiteRedis((started) => void ({ redis, client: observer } = started));

  afterEach(() => jest.useRealTimers());

  const clients = async (): Promise<number> => ((await observer.client('LIST')) as string).trim().split('\n').length;
  const alone = (): Promise<void> =>
    waitFor('nobody else to be connected', async () => (await clients()) === 1).then(() => undefined);

  it('are one for each purpose, and all closed at the end', async () => {
    const connections = await openRedis('The store', read({ url: redis.url }), PURPOSES);
    await connections.get('commands').set('a', '1');
    expect(await connections.get('tail').get('a')).toBe('1');
    expect(await clients()).toBe(3);
    connections.close();
    connections.close();
    await alone();
  });

  it('that cannot be opened leave nothing open, and say who waited for what', async () => {
    const port = await freePort();
    const settings = read({ url: `redis://127.0.0.1:${port}`, startTimeout: '5s' });
    await expect(openRedis('The store', settings, PURPOSES)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(
        /^The store got no answer of Redis within 5000 ms at 127\.0\.0\.1:\d+ \(.*\); is it running\?$/,
      ),
      cause: expect.objectContaining({ message: expect.stringContaining('ECONNREFUSED') }),
    });
  });

  describe('that Redis refuses', () => {
    let guarded: RunningRedis;
    let cluster: RunningRedis;
    beforeAll(async () => {
      const login = [
        '--requirepass',
        'right',
        '--user',
        'reader',
        'on',
        '>right',
        '~*',
        '+@read',
        '+@connection',
        '+info',
      ];
      guarded = await startRedis(login);
      cluster = await startRedis(['--requirepass', 'right', '--cluster-enabled', 'yes']);
    });
    afterAll(async () => {
      await guarded.stop();
      await cluster.stop();
    });
    const at = ({ port }: RunningRedis): string => `127.0.0.1:${port}`;

    it.each([
      ['a wrong password', () => ({ url: `redis://:secretpw@${at(guarded)}` }), 'login (WRONGPASS'],
      ['a user who is not there', () => ({ url: `redis://nobody:secretpw@${at(guarded)}` }), 'login (WRONGPASS'],
      ['no password', () => ({ url: `redis://${at(guarded)}` }), 'login (NOAUTH'],
      ['a database that is not there', () => ({ url: `redis://:right@${at(guarded)}/99` }), 'database (ERR'],
      [
        'a wrong password for a cluster',
        () => ({ cluster: [{ host: '127.0.0.1', port: cluster.port }], password: 'secretpw' }),
        'login (WRONGPASS',
      ],
    ])('%s fail at once, and say so without the password', async (_what, options, refused) => {
      // Longer than the test.
      const settings = read({ ...options(), startTimeout: '1h' });
      const error = await openRedis('The store', settings, PURPOSES).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(` refused the ${refused}`) });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/secretpw|right/);
    });
  });

  it('that are made when they are used tell why they cannot be, and not where Redis is', async () => {
    const away = await freePort();
    const login = `redis://nobody:secret@127.0.0.1:${redis.port}`;
    for (const [url, message] of [
      [`redis://127.0.0.1:${away}`, 'The store cannot reach Redis; try again later'],
      [
        login,
        'The store does not work: Redis refused the login (WRONGPASS invalid username-password pair or user is disabled)',
      ],
    ] as const) {
      const connections = new RedisConnections('The store', read({ url }), PURPOSES);
      const error: unknown = await connections.run((client) => client.get('a')).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'UNAVAILABLE', message });
      expect(inspect(error, { depth: 9 })).not.toContain('secret');
      connections.close();
    }
    await alone();
  });

  it('wait for a Redis that still loads its data', async () => {
    const loading = await startRedis();
    const client = new Redis(loading.url);
    // Redis compresses what can be compressed, and listens after each 1024 bytes.
    const value = randomBytes(4096).toString('base64');
    for (let key = 0; key < 60; key += 1) await client.set(`${key}`, value);
    await client.save();
    client.disconnect();
    await loading.restartLoading(['--key-load-delay', '1000000', '--loading-process-events-interval-bytes', '1024']);
    const settings = (startTimeout: string) => read({ url: loading.url, startTimeout });
    await expect(openRedis('The store', settings('2s'), PURPOSES)).rejects.toMatchObject({
      message: `The store got no answer of Redis within 2000 ms at 127.0.0.1:${loading.port}; it takes connections and is not ready: is it still loading its data?`,
    });
    const opening = openRedis('The store', settings('1h'), PURPOSES);
    const other = new Redis(loading.url, { enableReadyCheck: false });
    expect(await other.info('persistence')).toContain('loading:1');
    await other.config('SET', 'key-load-delay', '0');
    const connections = await opening;
    expect(await connections.get('commands').get('59')).toBe(value);
    connections.close();
    other.disconnect();
    await loading.stop();
  });

  it('by TLS to a port without ask whether it takes TLS', async () => {
    const settings = read({ url: redis.url.replace('redis:', 'rediss:'), startTimeout: '2s' });
    await expect(openRedis('The store', settings, PURPOSES)).rejects.toMatchObject({
      message: expect.stringMatching(/ 127\.0\.0\.1:\d+.*; is it running, and does it take TLS there\?$/),
    });
    await alone();
  });

  it.each([
    ['redisStore', redisStore],
    ['redisRegistry', redisRegistry],
    ['redisApiKeys', redisApiKeys],
    ['redisTokenRevocations', redisTokenRevocations],
    ['redisUsers', redisUsers],
    ['redisLoginLimits', redisLoginLimits],
  ])(
    'are not even begun where %s got an option that it cannot use',
    async (driver, make: (options: object) => unknown) => {
      for (const option of [
        { timeout: 'banana' },
        { commandTimeout: 'banana' },
        { keyPrefx: 'a' },
        { sentinels: [] },
      ]) {
        const [name = ''] = Object.keys(option);
        expect(() => make({ url: redis.url, ...option })).toThrow(
          expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(name) }),
        );
        expect(() => make({ url: redis.url, ...option })).toThrow(driver);
      }
      expect(await clients()).toBe(1);
    },
  );

  it('are made like the connection of the host, which stays open', async () => {
    const client = new Redis(redis.url, { db: 3 });
    const connections = await openRedis('The store', read({ client }), { ...PURPOSES, once: { shared: true } });
    await connections.get('commands').set('in-three', 'yes');
    expect(connections.get('once')).toBe(client);
    expect(await clients()).toBe(4);
    connections.close();
    expect(await client.get('in-three')).toBe('yes');
    client.disconnect();
    await alone();
  });

  it('leave a master in whose place Sentinels have chosen another one, also where that of the host does not', async () => {
    const sentinels = await startSentinel();
    const client = new Redis({ ...sentinels.way, sentinels: [...sentinels.way.sentinels], lazyConnect: true });
    const connections = await openRedis('The store', read({ client }), PURPOSES);
    const before = await sentinels.primary();
    for (const name of ['commands', 'tail'] as const) {
      expect(connections.get(name).options).toMatchObject({ failoverDetector: true });
    }
    await before.kill();
    const isServed = async (): Promise<boolean> => {
      const asked = connections.run(() => connections.get('commands').set('a', '1'));
      return asked.then(
        () => true,
        () => false,
      );
    };
    await waitFor(
      'the other master',
      async () => (await isServed()) && (await sentinels.primary()).port !== before.port,
    );
    connections.close();
    client.disconnect();
    await sentinels.stop();
  });

  it('fail at once while Redis is away and wait at Redis as long as they must, whatever the connection of the host does', async () => {
    const client = new Redis(redis.url, { commandTimeout: 1000 });
    const connections = await openRedis('The store', read({ client }), PURPOSES);
    expect(await connections.get('tail').blpop('nothing', 1.5)).toBeNull();
    expect(connections.get('commands').options).toMatchObject({
      autoResendUnfulfilledCommands: false,
      commandTimeout: 5000,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
    });
    connections.close();
    client.disconnect();
    await alone();
  });

  it('may be made by the host, one for each purpose', async () => {
    const asked: string[] = [];
    const client = (purpose: string): Redis => {
      asked.push(purpose);
      return new Redis(redis.url, { lazyConnect: true });
    };
    const connections = await openRedis('The store', read({ client }), PURPOSES);
    expect(asked).toEqual(['commands', 'tail']);
    connections.close();
    await alone();
  });

  it('that many drivers wait for are no leak to Node', async () => {
    const frozen = await startRedis();
    frozen.signal('SIGSTOP');
    const shared = sharedRedis({ url: frozen.url, startTimeout: '1h' });
    const driver = () => openRedis('The store', read({ redis: shared }), { commands: {} });
    const first = shared.take('commands', {});
    const most = first.client.getMaxListeners();
    const opening = Array.from({ length: 20 }, driver);
    for (const event of first.client.eventNames())
      expect(first.client.listenerCount(event)).toBeLessThanOrEqual(first.client.getMaxListeners());
    expect(first.client.listenerCount('ready')).toBeGreaterThan(most);
    frozen.signal('SIGCONT');
    for (const connections of await Promise.all(opening)) connections.close();
    expect(first.client.getMaxListeners()).toBe(most);
    first.release();
    await frozen.stop();
  });

  it('gather no listeners while all Sentinels are away', async () => {
    const sentinel = await startSentinel();
    const connections = await openRedis('The store', read(sentinel.way), { commands: {} });
    const client = connections.get('commands') as Redis;
    // What ioredis has only begun to ask a Sentinel keeps the process until the deadline of its answer.
    for (const each of sentinel.sentinels)
      await waitFor('each Sentinel to be listened to', () =>
        askServer(each, async (server) => / sub=[1-9]/.test(String(await server.client('LIST')))),
      );
    let failures = 0;
    client.on('error', () => (failures += 1));
    const before = client.stream.listenerCount('error');
    await sentinel.stop();
    await waitFor('some failures', () => failures > 4);
    expect(client.stream.listenerCount('error')).toBeLessThanOrEqual(before + 1);
    connections.close();
    await waitFor('its end', () => client.status === 'end');
  });

  it('answer within the deadline, or fail as unavailable', async () => {
    const connections = await openRedis('The store', read({ url: redis.url, commandTimeout: '2s' }), PURPOSES);
    holdTimers();
    const waiting = connections.run(() => connections.get('tail').blpop('nothing', 0));
    jest.advanceTimersByTime(2000);
    await expect(waiting).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'The store cannot reach Redis; try again later',
    });
    await expect(connections.run(() => connections.get('commands').get('a'))).resolves.toBe('1');
    jest.useRealTimers();
    connections.close();
  });

  it('connect when first used, where nobody waits for them', async () => {
    await alone();
    const lazy = new RedisConnections('The store', read({ url: redis.url }), { commands: {} });
    expect(await clients()).toBe(1);
    expect(await lazy.run(() => lazy.get('commands').get('a'))).toBe('1');
    lazy.close();
    await alone();
  });

  it('reach a cluster, whose scripts find all their keys on one node', async () => {
    const node = await startRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
    const setup = new Redis(node.url);
    await setup.cluster('ADDSLOTSRANGE', 0, 16_383);
    await waitFor('the cluster to be ready', async () => (await setup.cluster('INFO')).includes('cluster_state:ok'));
    const settings = read({ cluster: [{ host: '127.0.0.1', port: node.port }] });
    const connections = await openRedis('The store', settings, PURPOSES);
    expect(connections.isCluster).toBe(true);
    const key = areaKeys(connections.keyPrefix, 'test');
    const script = `redis.call('SET', KEYS[1], ARGV[1]) return redis.call('SET', KEYS[2], ARGV[1])`;
    await connections.get('commands').eval(script, 2, key('a'), key('b'), 'x');
    expect(await setup.get('{millrace:test}:b')).toBe('x');
    connections.close();

    const client = new Cluster([{ host: '127.0.0.1', port: node.port }], { redisOptions: { keepAlive: 4321 } });
    const alike = await openRedis('The store', read({ client }), PURPOSES);
    expect((alike.get('tail') as Cluster).options.redisOptions).toMatchObject({ keepAlive: 4321 });
    alike.close();
    client.disconnect();
    setup.disconnect();
    await node.stop();
  });

  it('to a cluster ask for its slots while they are open, and not any more when they were closed in the midst of it', async () => {
    const node = await startRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
    await askServer(node, (setup) => setup.cluster('ADDSLOTSRANGE', 0, 16_383));
    await waitFor('the cluster', () =>
      askServer(node, async (setup) => (await setup.cluster('INFO')).includes('cluster_state:ok')),
    );
    const connections = await openRedis(
      'The store',
      read({ cluster: [{ host: '127.0.0.1', port: node.port }] }),
      PURPOSES,
    );
    const cluster = connections.get('commands') as Cluster;
    const asked = jest.spyOn(cluster, 'refreshSlotsCache');
    node.signal('SIGSTOP');
    await waitFor('a question', () => asked.mock.calls.length > 0);
    connections.close();
    node.signal('SIGCONT');
    asked.mockClear();
    await new Promise((resolve) => setTimeout(resolve, 6000));
    expect(asked).not.toHaveBeenCalled();
    await node.stop();
  });

  it.each<[object, string]>([
    [{ url: 'http://127.0.0.1' }, 'option "url" is "http://127.0.0.1"; give a URL that begins with redis://'],
    [{ keyprefix: 'x' }, 'option "keyprefix" is not known; did you mean "keyPrefix"?'],
    [{ url: 'redis://a', cluster: [{ host: 'b' }] }, 'option "cluster" must not stand beside "url"'],
    [{ sentinels: [{ host: 'a' }] }, 'option "name" must be the name of the master that the Sentinels watch'],
    [{ client: 'redis' }, 'option "client" is "redis"; give a connection of ioredis'],
    [{ commandTimeout: 0 }, 'option "commandTimeout" must be above 0, not 0'],
  ])('are refused by the options %j', (options, message) => {
    expect(() => read(options)).toThrow(`testStore: ${message}`);
  });
});
