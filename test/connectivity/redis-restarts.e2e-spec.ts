import { type AddressInfo, connect, createServer } from 'node:net';
import type { ConnectionRegistry } from '@millrace/connectivity';
import { ConnectionNotFoundError } from '@millrace/connectivity';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';
import { keysOf } from './damage.js';
import { logCollector, startInstance, Witness } from './registry-witness.js';

let redis: RunningRedis;
let client: Redis;
let instances: ConnectionRegistry[];
let log: ReturnType<typeof logCollector>;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  client = new Redis(redis.url, { retryStrategy: () => 50 });
  // A test ends the server.
  client.on('error', () => undefined);
  await client.flushall();
  instances = [];
  log = logCollector();
  Logger.overrideLogger(log.logger);
});
afterEach(async () => {
  await Promise.all(instances.map((instance) => instance.close()));
  client.disconnect();
  Logger.overrideLogger(false);
});

/** @param commandTimeout how long calls wait: longer than a registry takes to be restored, on a busy machine too */
async function start({ url = redis.url, commandTimeout = '30s' } = {}): Promise<ConnectionRegistry> {
  const instance = await startInstance(url, { commandTimeout });
  instances.push(instance);
  return instance;
}

const connection = (uid: string) => ({ uid, uri: `tcp://host/${uid}`, dataType: 'T' });

const namesIn = async (registry: ConnectionRegistry): Promise<string> =>
  (await registry.lookup('p', {})).map(({ uid }) => uid).join();

/** Stands before Redis; while it is on, it ends the connection in place of the next answer to a command with a text. */
async function loseAnswersTo(text: string) {
  const losing = { isOn: false, lost: 0, url: '', stop: () => void server.close() };
  const server = createServer((socket) => {
    const way = connect(redis.port, '127.0.0.1');
    for (const each of [socket, way]) each.on('error', () => undefined);
    socket.on('close', () => way.destroy());
    way.on('close', () => socket.destroy());
    let isNext = false;
    socket.on('data', (bytes) => {
      // Other commands may follow before the answer comes.
      if (losing.isOn && bytes.includes(text)) {
        isNext = true;
        losing.isOn = false;
      }
      way.write(bytes);
    });
    way.on('data', (bytes) => {
      if (!isNext) return socket.write(bytes);
      losing.lost += 1;
      return socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  losing.url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return losing;
}

it('A Redis that is killed and keeps nothing on disk gets everything back from two instances', async () => {
  const witness = new Witness();
  const [one, two] = [await start({ commandTimeout: '2s' }), await start({ commandTimeout: '2s' })];
  try {
    for (let round = 0; round < 23; round += 1) await witness.publishAgain(one);
    const watches = [one, two].map((instance) => witness.watch(instance));
    await waitFor('the sets', () => watches.every(({ names }) => witness.isRight(names)));
    for (let round = 0; round < 2; round += 1) {
      for (const instance of [one, two]) witness.observe(instance);
      await redis.kill();
      expect(await witness.publish(two)).toBe(false);
      await redis.restart();
      await witness.publishAgain(two);
      for (const instance of [one, two]) await witness.answers(instance);
      await waitFor('the sets of the watchers', () => watches.every(({ names }) => witness.isRight(names)));
      expect(watches.every(({ gaps }) => gaps > round)).toBe(true);
    }
    const late = await start();
    witness.observe(late);
    await witness.answers(late);
  } finally {
    await witness.end();
  }
  expect(witness.wrong).toEqual([]);
});

it('An instance starts at once on a Redis that lost everything a moment ago, and answers once others have put it back', async () => {
  const one = await start();
  await one.publish('p', [connection('a')]);
  await redis.kill();
  await redis.restart();
  const begin = performance.now();
  const late = await start();
  expect(performance.now() - begin).toBeLessThan(2000);
  await late.publish('p', [connection('b')]);
  expect(await namesIn(late)).toBe('a,b');
  expect(await namesIn(one)).toBe('a,b');
});

it('An instance that was cut off puts back what a registry lacks that was begun without it', async () => {
  const proxy = await CuttingProxy.start(redis.port);
  try {
    const cut = await start({ url: `redis://127.0.0.1:${proxy.port}` });
    await cut.publish('p', [connection('a'), connection('b')], { subject: 'anna', admin: false });
    await cut.publish('p', [connection('c')]);
    await cut.publish('empty', []);
    const [before] = await cut.list('p');
    proxy.target = undefined;
    proxy.cut();
    await client.flushall();
    const fresh = await start();
    await fresh.publish('p', [{ ...connection('b'), uri: 'tcp://elsewhere' }], { subject: 'bert', admin: false });
    expect(await namesIn(fresh)).toBe('b');
    proxy.target = redis.port;
    await waitFor('all of it', async () => (await namesIn(fresh)) === 'b,a,c');
    await waitFor('the same at the other', async () => (await namesIn(cut).catch(() => '')) === 'b,a,c');
    expect(await fresh.lookup('empty', {})).toEqual([]);
    const listed = await fresh.list('p');
    expect(listed.map(({ entry, publisher }) => [entry.uid, entry.uri, publisher])).toEqual([
      ['b', 'tcp://elsewhere', 'bert'],
      ['a', 'tcp://host/a', 'anna'],
      ['c', 'tcp://host/c', undefined],
    ]);
    // It lives as long as it would have.
    const [first, second] = [before?.expiresAt ?? 0, listed[1]?.expiresAt ?? 0];
    expect(Math.abs(first - second)).toBeLessThan(60_000);
  } finally {
    await Promise.all(instances.splice(0).map((instance) => instance.close()));
    await proxy.close();
  }
});

it('An instance notices that Redis lost its last command, and has as many again from another instance', async () => {
  const [one, two] = [await start(), await start()];
  await one.publish('p', [connection('a')]);
  expect(await namesIn(two)).toBe('a');
  // What a replica has that takes over a moment too early.
  const key = await keysOf(client);
  const names = (['log', 'count', 'clock', 'snapshot'] as const).map(key);
  const kept = await Promise.all(names.map((name) => client.dumpBuffer(name)));
  await one.publish('p', [connection('b')]);
  const back = client.multi();
  for (const [index, name] of names.entries()) back.restore(name, 0, kept[index] as Buffer, 'REPLACE');
  await back.exec();
  await two.publish('p', [connection('c')]);
  expect(await namesIn(one)).toBe('a,c,b');
  expect(await namesIn(two)).toBe('a,c,b');
});

it('A connection to Redis that breaks between a command and its answer does not make its outcome a wrong one', async () => {
  const losing = await loseAnswersTo('"op":"retract"');
  try {
    const one = await start({ url: losing.url });
    for (let round = 0; round < 5; round += 1) {
      await one.publish('p', [connection('kept'), connection('a')]);
      losing.isOn = true;
      await one.retract('p', ['a']);
      expect(await namesIn(one)).toBe('kept');
      await expect(one.retract('p', ['a'])).rejects.toBeInstanceOf(ConnectionNotFoundError);
    }
    expect(losing.lost).toBe(5);
  } finally {
    await Promise.all(instances.splice(0).map((instance) => instance.close()));
    losing.stop();
  }
});

it('A start with nobody there begins with what Redis still holds, and says so', async () => {
  const first = await start();
  for (let round = 0; round < 23; round += 1) await first.publish('p', [connection(`c${round}`)]);
  const key = await keysOf(client);
  await waitFor('a trimmed log', async () => (await client.xlen(key('log'))) < 15);
  await first.close();
  await client.del(key('snapshot'));
  await client.xadd(key('log'), '*', 'colour', 'blue');
  const second = await start();
  expect((await namesIn(second)).endsWith('c20,c21,c22')).toBe(true);
  expect(log.lines.filter((line) => /No instance came that could restore the registry/.test(line))).toHaveLength(1);
  await second.publish('p', [connection('d')]);
  expect((await namesIn(second)).endsWith('c22,d')).toBe(true);
});

it('A Redis that takes nothing more is not a reason to begin anew, and callers are told why', async () => {
  const one = await start();
  await one.publish('p', [connection('a')]);
  const key = await keysOf(client);
  const epoch = await client.hget(key('snapshot'), 'epoch');
  await client.config('SET', 'maxmemory', '1');
  try {
    const refused = { code: 'UNAVAILABLE', message: expect.stringMatching(/memory of Redis is full.*OOM/) };
    await expect(one.publish('p', [connection('b')])).rejects.toMatchObject(refused);
    await expect(one.ping()).rejects.toMatchObject(refused);
  } finally {
    await client.config('SET', 'maxmemory', '0');
  }
  await waitFor('a publication', () =>
    one.publish('p', [connection('c')]).then(
      () => true,
      () => false,
    ),
  );
  expect(await namesIn(one)).toBe('a,c');
  expect(await client.hget(key('snapshot'), 'epoch')).toBe(epoch);
});

it('A call that waits in vain for what nobody restores yet is told so, not that Redis is away', async () => {
  const two = await start({ commandTimeout: '2s' });
  const one = await start();
  await one.publish('p', [connection('a')]);
  await one.close();
  const key = await keysOf(client);
  await client.del(key('log'));
  await expect(two.lookup('p', {})).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringMatching(/^The registry restores its data in Redis \(its log is missing\)/),
  });
});
