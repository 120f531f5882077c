import { ConnectionRegistry, ConnectivityModule } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { OperationsRegistry } from '@millrace/core/ops';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { type RunningApplication, startApplication } from '../support/applications.js';
import type { RunningRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { waitFor } from '../support/waiting.js';
import { type KeyOf, keysOf } from './damage.js';
import { RegistryClient, wire } from './registry-client.js';
import { callsAt, logCollector, startInstance } from './registry-witness.js';

const NEWER = /another instance runs a newer release; update this one/;

let redis: RunningRedis;
let client: Redis;
let log: ReturnType<typeof logCollector>;
suiteRedis((started) => void ({ redis, client } = started));
beforeEach(async () => {
  await client.flushall();
  await client.set('other', 'x');
  log = logCollector();
  Logger.overrideLogger(log.logger);
});
afterEach(() => Logger.overrideLogger(false));

/** A command as the earlier release wrote it: without a version, and the first of them without a time. */
async function addAsBefore(key: KeyOf, uid: string, time?: string): Promise<void> {
  const connections = [{ uid, uri: `tcp://host/${uid}`, dataType: 'T' }];
  const terms = { ttl: 3_600_000, grace: 3_600_000, maxPartitions: 100, maxConnections: 1000 };
  const text = JSON.stringify({ id: uid, command: { op: 'publish', partition: 'p', connections, ...terms } });
  const number = await client.incr(key('count'));
  await client.xadd(key('log'), '*', 'n', number, 'c', text, ...(time === undefined ? [] : ['t', time]));
}

/** The names of the keys, without a registry. */
async function namesOfKeys(): Promise<KeyOf> {
  const instance = await startInstance(redis.url);
  const key = await keysOf(client);
  await instance.close();
  await client.del(key('log'), key('count'), key('clock'), key('snapshot'));
  return key;
}

const namesIn = async (registry: ConnectionRegistry): Promise<string[]> =>
  (await registry.lookup('p', {})).map(({ uid }) => uid);

describe('Two releases on one Redis', () => {
  it('go on from a log of the earlier one, which has neither versions nor a snapshot', async () => {
    const key = await namesOfKeys();
    for (const uid of ['a', 'b']) await addAsBefore(key, uid);
    const instance = await startInstance(redis.url);
    try {
      expect(await namesIn(instance)).toEqual(['a', 'b']);
      await addAsBefore(key, 'c', String(Date.now()));
      expect(await namesIn(instance)).toEqual(['a', 'b', 'c']);
      const late = await startInstance(redis.url);
      for (let round = 0; round < 12; round += 1) await late.publish('p', [{ uid: 'd', uri: 'u', dataType: 'T' }]);
      await waitFor('a snapshot', () => client.exists(key('snapshot')));
      await addAsBefore(key, 'e', String(Date.now()));
      expect(await namesIn(late)).toEqual(['a', 'b', 'c', 'd', 'e']);
      await late.close();
      expect(await namesIn(instance)).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(log.lines).toEqual([]);
    } finally {
      await instance.close();
    }
  });

  it('can both read the log: number, command and time are where they were', async () => {
    const instance = await startInstance(redis.url);
    try {
      await instance.publish('p', [{ uid: 'a', uri: 'u', dataType: 'T' }]);
      const key = await keysOf(client);
      const [[, fields = []] = []] = await client.xrevrange(key('log'), '+', '-', 'COUNT', 1);
      expect(fields.filter((_, index) => index % 2 === 0)).toEqual(['n', 'c', 't', 'v']);
      expect(fields[1]).toBe(await client.get(key('count')));
    } finally {
      await instance.close();
    }
  });
});

describe('A registry in which a newer release writes', () => {
  let running: RunningApplication;
  let key: KeyOf;
  beforeEach(async () => {
    const registry = redisRegistry({ url: redis.url, snapshotEvery: 5 });
    running = await startApplication([ConnectivityModule.forRoot({ registry, ttl: '1h' })], { logger: log.logger });
    key = await keysOf(client);
    const { status } = await new RegistryClient(running.url).publish('p', [wire('a')]);
    expect(status).toBe(200);
  });
  afterEach(() => running.close());

  const health = () => running.app.get(OperationsRegistry, { strict: false }).healthOf('connectivity');

  /** Says what is wrong, once, and keeps nobody busy. */
  async function expectPlainRefusal(): Promise<void> {
    const http = new RegistryClient(running.url);
    await waitFor('the refusal', async () => (await http.lookup('p', '.*')).status === 503);
    await waitFor('a line of the log', () => log.lines.some((line) => NEWER.test(line)));
    expect((await http.lookup('p', '.*')).text).toMatch(NEWER);
    const refused = await http.publish('p', [wire('b')]);
    expect([refused.status, refused.text]).toEqual([503, expect.stringMatching(NEWER)]);
    expect(await health()).toEqual({ status: 'down', details: { message: expect.stringMatching(NEWER) } });
    await expect(startInstance(redis.url)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(NEWER),
    });
    const before = await callsAt(client);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect((await callsAt(client)) - before).toBeLessThan(100);
    expect(log.lines.filter((line) => NEWER.test(line))).toHaveLength(1);
    expect(log.lines.filter((line) => /damaged|reach/.test(line))).toEqual([]);
  }

  async function expectRecovery(): Promise<void> {
    await waitFor('the way back', async () => (await health()).status === 'up');
    const http = new RegistryClient(running.url);
    expect((await http.publish('p', [wire('c')])).status).toBe(200);
    expect(await http.names('p', '.*')).toEqual(['a', 'c']);
  }

  it('says so when it is an entry of the log, keeps that, and comes back when it is gone', async () => {
    const id = await client.xadd(key('log'), '*', 'v', '99', 'n', await client.incr(key('count')), 'what', 'ever');
    await expectPlainRefusal();
    expect(await client.xrange(key('log'), id ?? '', id ?? '')).toHaveLength(1);
    await client.xdel(key('log'), id ?? '');
    await expectRecovery();
  });

  it('says so when others write behind that entry', async () => {
    await client.xadd(key('log'), '*', 'n', await client.incr(key('count')), 'c', '{}', 't', '1', 'v', '99');
    await addAsBefore(key, 'x', String(Date.now()));
    await expectPlainRefusal();
    await client.flushall();
    await expectRecovery();
  });

  it('says so when it is the snapshot, keeps that, and comes back when it is gone', async () => {
    await client.hset(key('snapshot'), 'v', '99');
    await expectPlainRefusal();
    expect(await client.hget(key('snapshot'), 'v')).toBe('99');
    await client.hset(key('snapshot'), 'v', '2');
    await expectRecovery();
  });
});
