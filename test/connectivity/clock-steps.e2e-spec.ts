import { ConnectionRegistry, ConnectivityModule, memoryRegistry, type RegistryDriver } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { Redis } from 'ioredis';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';
import { RegistryClient, wire } from './registry-client.js';

const HOUR = 3_600_000;

/** What a registry does while a clock is set. */
async function holdsTime(running: RunningApplication, step: (milliseconds: number) => Promise<void>): Promise<void> {
  const client = new RegistryClient(running.url);
  const registry = running.app.get(ConnectionRegistry);
  const live = async (): Promise<string> => (await client.names('long', '.*')).join();
  await client.publish('long', [wire('a')]);
  await step(HOUR);
  expect(await live()).toBe('a');
  await client.publish('long', [wire('b')]);
  await step(-HOUR);
  expect(await live()).toBe('a,b');
  await client.publish('long', [wire('c')]);
  expect(await live()).toBe('a,b,c');
  const [first] = await registry.list('long');
  expect(first?.live).toBe(true);
}

async function expires(running: RunningApplication, step: (milliseconds: number) => Promise<void>): Promise<void> {
  const client = new RegistryClient(running.url);
  for (const by of [-HOUR, HOUR]) {
    await client.publish('short', [wire('a')]);
    await step(by);
    await waitFor('the expiry', async () => (await client.lookup('short', '.*')).text === '[]');
  }
}

const start = (adapter: 'express' | 'fastify', registry: RegistryDriver, ttl: number): Promise<RunningApplication> =>
  startApplication([ConnectivityModule.forRoot({ registry, ttl, grace: '2h' })], { adapter });

describe.each(BOTH_HTTP_ADAPTERS)('A clock of the machine that is set, on %s', (adapter) => {
  let ahead = 0;
  const step = async (by: number): Promise<void> => {
    ahead += by;
  };
  beforeEach(() => {
    ahead = 0;
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  });
  afterEach(() => jest.restoreAllMocks());

  it('drops no connection', async () => {
    const running = await start(adapter, memoryRegistry(), 600_000);
    await holdsTime(running, step).finally(() => running.close());
  });

  it('keeps no connection', async () => {
    const running = await start(adapter, memoryRegistry(), 2000);
    await expires(running, step).finally(() => running.close());
  });

  it('shows times as the clock of now says them', async () => {
    const running = await start(adapter, memoryRegistry(), 600_000);
    try {
      await new RegistryClient(running.url).publish('p', [wire('a')]);
      ahead = HOUR;
      const [listed] = await running.app.get(ConnectionRegistry).list('p');
      expect(Math.abs((listed?.publishedAt ?? 0) - Date.now())).toBeLessThan(HOUR / 2);
    } finally {
      await running.close();
    }
  });
});

describe('The clock of Redis that is set', () => {
  let redis: RunningRedis;
  let suites = 0;
  let driver: RegistryDriver;
  let ahead = 0;
  const step = async (by: number): Promise<void> => {
    ahead += by;
  };
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(() => {
    ahead = 0;
    // Redis has no clock that a test could set: what its scripts read is.
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on the connection below
    const evaluate = Redis.prototype.eval as (...values: unknown[]) => unknown;
    jest.spyOn(Redis.prototype, 'eval').mockImplementation(function (this: Redis, script, ...values: unknown[]) {
      const now = `{tonumber(redis.call('TIME')[1]) + ${ahead / 1000}, redis.call('TIME')[2]}`;
      return evaluate.call(this, String(script).replaceAll("redis.call('TIME')", now), ...values) as Promise<unknown>;
    });
    suites += 1;
    driver = redisRegistry({ ...redis.way, keyPrefix: `clock-${suites}`, commandTimeout: '60s' });
  });
  afterEach(() => jest.restoreAllMocks());

  it('drops no connection', async () => {
    const running = await start('fastify', driver, 600_000);
    await holdsTime(running, step).finally(() => running.close());
  });

  it('keeps no connection', async () => {
    const running = await start('fastify', driver, 2000);
    await expires(running, step).finally(() => running.close());
  });

  it('tells watches in time', async () => {
    const running = await start('fastify', driver, 2000);
    const stop = new AbortController();
    try {
      const registry = running.app.get(ConnectionRegistry);
      const told: string[] = [];
      const watching = (async () => {
        for await (const event of registry.watch('w', {}, { signal: stop.signal })) told.push(event.type);
      })();
      await waitFor('the snapshot', () => told.length === 1);
      let count = 1;
      for (const by of [HOUR, -HOUR, -HOUR, HOUR]) {
        await registry.publish('w', [{ uid: 'a', uri: 'u', dataType: 't', connectionType: 0, capacity: 0 }]);
        await step(by);
        count += 2;
        await waitFor(`the expiry after ${by}`, () => told.length === count);
      }
      expect(told.slice(1)).toEqual(Array.from({ length: 4 }, () => ['published', 'expired']).flat());
      stop.abort();
      await watching;
    } finally {
      await running.close();
    }
  });

  it('makes no difference to an instance that comes after it', async () => {
    const first = await start('fastify', driver, 600_000);
    try {
      const client = new RegistryClient(first.url);
      await client.publish('p', [wire('a')]);
      for (const by of [HOUR, -HOUR, -HOUR]) {
        await step(by);
        const second = await start('fastify', driver, 600_000);
        try {
          await new RegistryClient(second.url).publish('p', [wire('b')]);
          expect(await client.names('p', '.*')).toEqual(['a', 'b']);
          expect(await new RegistryClient(second.url).names('p', '.*')).toEqual(['a', 'b']);
        } finally {
          await second.close();
        }
      }
    } finally {
      await first.close();
    }
  });

  it('lets time go by while no instance is there', async () => {
    const first = await start('fastify', driver, 60_000);
    await new RegistryClient(first.url).publish('p', [wire('a')]);
    await first.close();
    // What a downtime of a minute looks like.
    await step(61_000);
    const second = await start('fastify', driver, 60_000);
    try {
      const client = new RegistryClient(second.url);
      expect((await client.lookup('p', '.*')).text).toBe('[]');
    } finally {
      await second.close();
    }
  });
});
