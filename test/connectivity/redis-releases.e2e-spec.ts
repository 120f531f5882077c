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

/** The keys of the release with one log for the whole registry. */
const EARLIER: KeyOf = (name) => `{millrace:connectivity}:${name}`;

/** A command as earlier releases wrote it: without a version, and the first of them without a time. */
async function addAsBefore(key: KeyOf, uid: string, time?: string, partition = 'p'): Promise<void> {
  const connections = [{ uid, uri: `tcp://host/${uid}`, dataType: 'T' }];
  const terms = { ttl: 3_600_000, grace: 3_600_000, maxPartitions: 100, maxConnections: 1000 };
  const text = JSON.stringify({ id: uid, command: { op: 'publish', partition, connections, ...terms } });
  const number = await client.incr(key('count'));
  await client.xadd(key('log'), '*', 'n', number, 'c', text, ...(time === undefined ? [] : ['t', time]));
}

/** A snapshot as the release before wrote it, at a time: one connection that lives, and one that is only retractable. */
async function snapshotAsBefore(time: number): Promise<void> {
  const slots = [
    [1, 'a', 'tcp://host/a', 'T', 0, 0, time, time + 60_000, 3_600_000, 1, 'anna'],
    [2, 'over', 'tcp://host/over', 'T', 0, 0, time - 60_000, time - 1000, 3_600_000, 0, null],
  ];
  const partitions = [
    { name: 'p', publishedAt: time, grace: 3_600_000, slots },
    { name: 'empty', publishedAt: time, grace: 3_600_000, slots: [] },
  ];
  const state = { epoch: 'e', time, lastChange: 7, nextOrder: 3, peaks: [2, [['p', 5]]], partitions };
  const fields = { count: 1000, id: '5-0', state: JSON.stringify(state), epoch: 'e', recent: '[]', v: 2 };
  await client.hset(EARLIER('snapshot'), fields);
  await client.set(EARLIER('count'), 1000);
  await client.hset(EARLIER('clock'), 'time', time, 'wall', Date.now());
}

const namesIn = async (registry: ConnectionRegistry, partition = 'p'): Promise<string[]> =>
  (await registry.lookup(partition, {})).map(({ uid }) => uid);

describe('What a release with one log for the whole registry has left', () => {
  it('is there for this one: all that it had acknowledged, in its order and with its time', async () => {
    const time = 1_000_000;
    await snapshotAsBefore(time);
    await addAsBefore(EARLIER, 'b', String(time));
    for (const partition of ['q', 'r', 's']) await addAsBefore(EARLIER, 'c', String(time), partition);
    const instance = await startInstance(redis.url);
    const other = await startInstance(redis.url);
    try {
      for (const each of [instance, other]) {
        expect(await namesIn(each)).toEqual(['a', 'b']);
        expect(await namesIn(each, 'q')).toEqual(['c']);
        expect((await each.partitions()).map(({ name }) => name)).toEqual(['p', 'empty', 'q', 'r', 's']);
        const [first] = await each.list('p');
        expect(first).toMatchObject({ publisher: 'anna', live: true });
        expect(Math.abs((first?.expiresAt ?? 0) - Date.now() - 60_000)).toBeLessThan(30_000);
      }
      expect((await instance.statistics()).maxConnections.get('p')).toBe(5);
      // What has only expired can still be retracted.
      await instance.retract('p', ['over']);
      await other.publish('t', [{ uid: 'd', uri: 'u', dataType: 'T' }]);
      expect((await instance.partitions()).at(-1)?.name).toBe('t');
      expect(log.lines).toEqual([]);
    } finally {
      await Promise.all([instance.close(), other.close()]);
    }
  });

  it('comes over without a snapshot too, and once when two instances start at a time', async () => {
    for (const uid of ['a', 'b']) await addAsBefore(EARLIER, uid);
    const instances = await Promise.all([startInstance(redis.url), startInstance(redis.url)]);
    try {
      for (const instance of instances) expect(await namesIn(instance)).toEqual(['a', 'b']);
      expect(await client.exists(EARLIER('log'), EARLIER('count'))).toBe(0);
    } finally {
      await Promise.all(instances.map((instance) => instance.close()));
    }
  });

  it('is closed to that release, which finds a newer one in its place', async () => {
    for (const isFirst of [true, false]) {
      await client.flushall();
      await client.set('other', 'x');
      if (!isFirst) await addAsBefore(EARLIER, 'a');
      const instance = await startInstance(redis.url);
      // By this it looks, before each question and each command.
      expect(Number(await client.hget(EARLIER('snapshot'), 'v'))).toBeGreaterThan(2);
      await instance.close();
    }
  });

  it('comes over from instances that still run after everything was flushed', async () => {
    const instance = await startInstance(redis.url);
    try {
      await instance.publish('p', [{ uid: 'new', uri: 'u', dataType: 'T' }]);
      await client.flushall();
      // They found their log anew from their memory.
      await addAsBefore(EARLIER, 'a', String(Date.now()));
      await waitFor('both', async () => (await namesIn(instance).catch(() => [])).sort().join() === 'a,new');
      expect(Number(await client.hget(EARLIER('snapshot'), 'v'))).toBeGreaterThan(2);
    } finally {
      await instance.close();
    }
  });
});

it('Another release can read an entry of the log: number, command and time are where they were', async () => {
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

describe('A registry in which a newer release writes', () => {
  let running: RunningApplication;
  let key: KeyOf;
  beforeEach(async () => {
    const registry = redisRegistry({ ...redis.way, snapshotEvery: 5 });
    running = await startApplication([ConnectivityModule.forRoot({ registry, ttl: '1h' })], { logger: log.logger });
    const { status } = await new RegistryClient(running.url).publish('p', [wire('a')]);
    expect(status).toBe(200);
    key = await keysOf(client);
  });
  afterEach(() => running.close());

  const health = () => running.app.get(OperationsRegistry, { strict: false }).healthOf('connectivity');

  /** By an instance that starts now. */
  async function lookUpAtAnother(): Promise<void> {
    const late = await startInstance(redis.url);
    try {
      await late.lookup('p', {});
    } finally {
      await late.close();
    }
  }

  /** Says what is wrong, once, and keeps nobody busy. */
  async function expectPlainRefusal(): Promise<void> {
    const http = new RegistryClient(running.url);
    await waitFor('the refusal', async () => (await http.lookup('p', '.*')).status === 503);
    await waitFor('a line of the log', () => log.lines.some((line) => NEWER.test(line)));
    expect((await http.lookup('p', '.*')).text).toMatch(NEWER);
    const refused = await http.publish('p', [wire('b')]);
    expect([refused.status, refused.text]).toEqual([503, expect.stringMatching(NEWER)]);
    expect(await health()).toEqual({ status: 'down', details: { message: expect.stringMatching(NEWER) } });
    await expect(lookUpAtAnother()).rejects.toMatchObject({
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
    await client.hset(key('snapshot'), 'v', '3');
    await expectRecovery();
  });
});
