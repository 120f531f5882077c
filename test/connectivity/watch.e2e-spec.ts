import { ConnectivityModule, ConnectivityService, ConnectionPublisher } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { driverOf, SETUPS } from './drivers.js';
import { brief, EventReader, type WatchEvent } from './event-reader.js';
import { RegistryClient, wire } from './registry-client.js';

let redis: RunningRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe.each(SETUPS)('Watching on $adapter with $driver', ({ adapter, driver }) => {
  let running: RunningApplication;
  let client: RegistryClient;
  beforeAll(async () => {
    running = await startApplication([ConnectivityModule.forRoot({ registry: driverOf(driver, redis), ttl: '1h' })], {
      adapter,
    });
    client = new RegistryClient(running.url);
  });
  afterAll(() => running.close());

  it('sends the matching set, then changes, and resumes after a cut without loss', async () => {
    await client.publish('p', [wire('a1'), wire('b1')]);
    const url = `${running.url}/connections/p/watch?uid_regex=a.*&data_type=T`;
    const first = await EventReader.open(url);
    await waitFor('the set', () => first.events.length === 1);
    await client.publish('p', [wire('a2'), wire('b2')]);
    await waitFor('a change', () => first.events.length === 2);
    expect(first.events.map(brief)).toEqual(['snapshot a1', 'published a2']);
    first.stop();
    await client.retract('p', ['a1']);
    await client.publish('p', [wire('a3')]);
    const second = await EventReader.open(url, { 'Last-Event-ID': first.ids[1] ?? '' });
    await waitFor('what was missed', () => second.events.length === 2);
    expect(second.events.map(brief)).toEqual(['retracted a1', 'published a3']);
    second.stop();
  });

  it('sends every change once under 8 concurrent publishers, by socket and by events', async () => {
    const socket = await SocketClient.open(`${running.wsUrl}/connections/many/watch`);
    const events = await EventReader.open(`${running.url}/connections/many/watch`);
    await waitFor('both sets', () => socket.frames.length === 1 && events.events.length === 1);
    const publish = async (who: number): Promise<void> => {
      for (let round = 0; round < 10; round += 1) await client.publish('many', [wire(`${who}-${round}`)]);
    };
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(publish));
    await waitFor('all changes', () => socket.frames.length === 81 && events.events.length === 81);
    const bySocket = socket.frames.slice(1).map(({ data }) => brief(JSON.parse(data.toString()) as WatchEvent));
    expect(new Set(bySocket).size).toBe(80);
    expect(events.events.slice(1).map(brief)).toEqual(bySocket);
    await socket.close();
    events.stop();
  });

  it('refuses a bad pattern before the stream begins', async () => {
    expect((await client.get('/connections/p/watch?uid_regex=(')).status).toBe(400);
    expect((await refusedHandshake(`${running.wsUrl}/connections/p/watch?uid_regex=(`)).status).toBe(400);
  });

  it('gives statistics and partitions as JSON', async () => {
    const statistics = JSON.parse((await client.get('/connections/statistics')).text) as Record<string, unknown>;
    expect(statistics).toMatchObject({ publish: { calls: expect.any(Number) }, partitions: expect.any(Number) });
    expect(JSON.parse((await client.get('/connections/partitions')).text)).toContainEqual({
      name: 'many',
      entries: 80,
    });
  });

  it('waits for connections on behalf of host code, and announces them', async () => {
    const service = running.app.get(ConnectivityService, { strict: false });
    const publisher = running.app.get(ConnectionPublisher, { strict: false });
    const waiting = service.waitFor('own', { pattern: 'host_.*' }, 2, '60s');
    publisher.announce('own', { uid: 'host_1', uri: 'u', dataType: 'T' }, { uid: 'host_2', uri: 'u', dataType: 'T' });
    expect((await waiting).map(({ uid }) => uid)).toEqual(['host_1', 'host_2']);
    await publisher.withdraw('own', 'host_1', 'host_2');
    expect(await service.lookup('own')).toEqual([]);
    await expect(service.waitFor('own', {}, 1, '50ms')).rejects.toMatchObject({ code: 'TIMED_OUT' });
  });
});

describe.each(HTTP_ADAPTERS)('A registry whose Redis is gone, on %s', (adapter) => {
  it('answers 503 and comes back with it', async () => {
    const own = await startRedis();
    const registry = redisRegistry({ url: own.url, commandTimeout: 2000 });
    const start = () => startApplication([ConnectivityModule.forRoot({ registry, ttl: '1h' })], { adapter });
    // Neither the start nor a publication may succeed at once, where the machine stands still for as long as a command may take.
    const running = await waitFor('the start', () => start().catch(() => undefined));
    const client = new RegistryClient(running.url);
    const good = async (uid: string): Promise<boolean> => (await client.publish('p', [wire(uid)])).status === 200;
    try {
      await waitFor('a publication', () => good('a'));
      await own.kill();
      expect((await client.publish('p', [wire('a')])).status).toBe(503);
      expect((await client.get('/ready')).status).toBe(503);
      expect((await client.get('/live')).status).toBe(200);
      await own.restart();
      await waitFor('a good publication', () => good('b'));
      await waitFor('it in a lookup', async () => (await client.lookup('p', '.*')).text.includes('"uid":"b"'));
    } finally {
      await running.close();
      await own.stop();
    }
  });
});
