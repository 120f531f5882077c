import { get, type IncomingMessage } from 'node:http';
import { ConnectivityModule, ConnectivityService, ConnectionPublisher } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { driverOf, SETUPS } from './drivers.js';
import { RegistryClient, wire } from './registry-client.js';

interface Event {
  type: string;
  index: string;
  partition: string;
  connection?: { uid: string };
  connections?: { uid: string }[];
}

/** Reads server-sent events until it is told to stop. */
class EventReader {
  readonly events: Event[] = [];
  readonly ids: string[] = [];
  private response: IncomingMessage | undefined;

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const reader = new EventReader();
    // A connection of its own, so that none is left over in a pool.
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      get(url, { headers, agent: false }, resolve).on('error', reject),
    );
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    reader.response = response;
    void reader.read(response);
    return reader;
  }

  stop(): void {
    this.response?.destroy();
  }

  private async read(response: IncomingMessage): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const lines = text.slice(0, end).split('\n');
          text = text.slice(end + 2);
          const data = lines.find((line) => line.startsWith('data: '));
          if (data) this.events.push(JSON.parse(data.slice(6)) as Event);
          const id = lines.find((line) => line.startsWith('id: '));
          if (id) this.ids.push(id.slice(4));
        }
      }
    } catch {
      // It was stopped, or the server ended.
    }
  }
}

const brief = ({ type, connection, connections }: Event): string =>
  `${type} ${connection?.uid ?? connections?.map(({ uid }) => uid).join() ?? ''}`.trim();

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
    const bySocket = socket.frames.slice(1).map(({ data }) => brief(JSON.parse(data.toString()) as Event));
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

describe('Two instances on one Redis', () => {
  const options = () => ({
    registry: redisRegistry({ url: redis.url, keyPrefix: 'shared', snapshotEvery: 20, commandTimeout: '30s' }),
    ttl: '1h',
  });
  let one: RunningApplication;
  let two: RunningApplication;
  beforeAll(async () => {
    one = await startApplication([ConnectivityModule.forRoot(options())], { adapter: 'fastify' });
    two = await startApplication([ConnectivityModule.forRoot(options())], { adapter: 'express' });
  });
  afterAll(async () => {
    await one.close();
    await two.close();
  });

  it('know at once what the other was told, and let a watcher go on at the other', async () => {
    const [first, second] = [new RegistryClient(one.url), new RegistryClient(two.url)];
    const watch = await EventReader.open(`${one.url}/connections/p/watch`);
    await waitFor('the set', () => watch.events.length === 1);
    for (let round = 0; round < 30; round += 1) {
      expect((await first.publish('p', [wire(`a${round}`)])).status).toBe(200);
      expect(await second.names('p', `a${round}`)).toEqual([`a${round}`]);
    }
    await waitFor('all changes', () => watch.events.length === 31);
    watch.stop();
    await second.retract('p', ['a0']);
    const resumed = await EventReader.open(`${two.url}/connections/p/watch?after=${watch.ids[30] ?? ''}`);
    await waitFor('what was missed', () => resumed.events.length === 1);
    expect(resumed.events.map(brief)).toEqual(['retracted a0']);
    resumed.stop();
  });

  it('show every change once under 8 publishers at both, also to a watcher that is cut and goes on at the other', async () => {
    const clients = [new RegistryClient(one.url), new RegistryClient(two.url)];
    const path = '/connections/both/watch';
    const [steady, cut] = [await EventReader.open(`${two.url}${path}`), await EventReader.open(`${one.url}${path}`)];
    await waitFor('both sets', () => steady.events.length === 1 && cut.events.length === 1);
    const publish = async (who: number): Promise<void> => {
      for (let round = 0; round < 15; round += 1) {
        const client = clients[(who + round) % 2];
        expect((await client?.publish('both', [wire(`${who}-${round}`)]))?.status).toBe(200);
        await client?.names('both', '.*');
      }
    };
    const publishing = Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(publish));
    await waitFor('some changes', () => cut.events.length > 20);
    cut.stop();
    const seen = cut.events.length;
    const resumed = await EventReader.open(`${two.url}${path}`, { 'Last-Event-ID': cut.ids[seen - 1] ?? '' });
    await publishing;
    await waitFor('all changes', () => steady.events.length === 121 && seen + resumed.events.length === 121);
    const changes = steady.events.slice(1).map(brief);
    expect(changes.every((change) => change.startsWith('published '))).toBe(true);
    expect(new Set(changes).size).toBe(120);
    expect([...cut.events.slice(1, seen), ...resumed.events].map(brief)).toEqual(changes);
    steady.stop();
    resumed.stop();
  });

  it('start from a snapshot, with everything in its order', async () => {
    const late = await startApplication([ConnectivityModule.forRoot(options())], { adapter: 'fastify' });
    const expected = await new RegistryClient(one.url).names('p', '.*');
    expect(expected.length).toBe(29);
    expect(await new RegistryClient(late.url).names('p', '.*')).toEqual(expected);
    await late.close();
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
