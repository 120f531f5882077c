import { readFileSync } from 'node:fs';
import { makeRevocation } from '@millrace/accounts/tokens';
import { ApiKeyStore, AuthModule, TokenRevocations } from '@millrace/auth';
import { redisApiKeys, redisTokenRevocations, redisUsers } from '@millrace/auth/redis';
import { storedApiKey } from '@millrace/auth/testing';
import { ConnectivityModule, ConnectionRegistry } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { ConnectorHubModule, SourceStore } from '@millrace/connector';
import { BullMqOutbox } from '@millrace/connector/bullmq';
import { redisSources } from '@millrace/connector/redis';
import { MillraceMetricsModule } from '@millrace/core/metrics';
import { OperationsRegistry } from '@millrace/core/ops';
import { type SharedRedis, sharedRedis, type SharedRedisOptions } from '@millrace/core/redis';
import { StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { type RunningApplication, startApplication } from '../support/applications.js';
import type { RunningRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { TOPOLOGIES } from '../support/redis-topologies.js';
import { waitFor } from '../support/waiting.js';

const CONNECTION = { uid: 'a', uri: 'tcp://host/a', dataType: 'T' };

/** Every module that can have its data in Redis, on one of `sharedRedis()`. */
async function startAll(options: SharedRedisOptions, metrics = new Registry()): Promise<RunningApplication> {
  const redis = sharedRedis(options);
  return startApplication([
    AuthModule.forRoot({
      jwt: { secret: 'x'.repeat(40) },
      apiKeys: { store: redisApiKeys({ redis, commandTimeout: '30s' }) },
      revocations: { store: redisTokenRevocations({ redis, commandTimeout: '30s' }) },
    }),
    StreamStoreModule.forRoot({ store: redisStore({ redis }), isGlobal: true }),
    ConnectivityModule.forRoot({ registry: redisRegistry({ redis, commandTimeout: '30s' }), ttl: '1h' }),
    ConnectorHubModule.forRoot({ store: redisSources({ redis, commandTimeout: '30s' }), sources: { thermostat: {} } }),
    MillraceMetricsModule.forRoot({ registry: metrics }),
  ]);
}

describe('One Redis for all modules', () => {
  let redis: RunningRedis;
  let control: Redis;
  suiteRedis((started) => void ({ redis, client: control } = started));

  const names = async (): Promise<string[]> =>
    [...((await control.client('LIST')) as string).matchAll(/ name=(millrace\S*)/g)]
      .map(([, name = '']) => name)
      .sort();

  it('is reached by a few connections with names, whatever the clients do, and left by all at the end', async () => {
    const running = await startAll({ ...redis.way, keyPrefix: 'few:', commandTimeout: '30s' });
    const store = running.app.get(StreamStore);
    const registry = running.app.get(ConnectionRegistry);
    const expected = ['millrace:commands', 'millrace:registry-tail', 'millrace:sources-inbox', 'millrace:streams-tail'];
    const streams = Array.from({ length: 50 }, (_, index) => `s${index}`);
    const followers = await Promise.all(streams.map((stream) => store.openFollower([stream])));
    const watching = new AbortController();
    const watches = streams.map((partition) => registry.watch(partition, {}, { signal: watching.signal }));
    await Promise.all(watches.map((watch) => watch[Symbol.asyncIterator]().next()));
    await Promise.all(streams.map((stream) => store.append(stream, [Buffer.from('x')])));
    await Promise.all(streams.map((partition) => registry.publish(partition, [CONNECTION])));
    await fetch(`${running.url}/streams`, { headers: { authorization: 'Bearer mk_none_none' } });
    expect(await names()).toEqual(expected);
    for (const follower of followers) follower.close();
    watching.abort();
    await running.close();
    await waitFor('the connections to be closed', async () => (await names()).length === 0);
  });

  it('has the name that the options give', async () => {
    const running = await startAll({ ...redis.way, connectionName: 'hub-7', commandTimeout: '30s' });
    const list = (await control.client('LIST')) as string;
    expect(list).toContain(' name=hub-7:commands ');
    await running.close();
  });

  it('serves two applications in one process, and the second when the first has gone', async () => {
    const shared = sharedRedis({ ...redis.way, keyPrefix: 'two:', commandTimeout: '30s' });
    const start = () =>
      startApplication([StreamStoreModule.forRoot({ store: redisStore({ redis: shared }), isGlobal: true })]);
    const [first, second] = [await start(), await start()];
    const follower = await second.app.get(StreamStore).openFollower(['s']);
    await first.app.get(StreamStore).append('s', [Buffer.from('x')]);
    await first.close();
    await waitFor('the entry', async () => (await follower.take()).entries.length === 1);
    await second.app.get(StreamStore).append('s', [Buffer.from('y')]);
    await waitFor('the next entry', async () => (await follower.take()).entries.length === 1);
    await second.close();
    const third = await start();
    expect(await third.app.get(StreamStore).readNewest('s', 5)).toHaveLength(2);
    await third.close();
  });

  it.each([
    ['The stream store', (redis: SharedRedis) => StreamStoreModule.forRoot({ store: redisStore({ redis }) })],
    ['The registry', (redis: SharedRedis) => ConnectivityModule.forRoot({ registry: redisRegistry({ redis }) })],
  ])('%s is refused at the start where a right is missing, which is named', async (subject, moduleOn) => {
    const open = (redis: SharedRedis) => startApplication([moduleOn(redis)]);
    await control.call('ACL', 'SETUSER', 'less', 'on', '>pw', '~app:*', '&app:*', ...RIGHTS, '-xadd');
    const shared = (keyPrefix: string) =>
      sharedRedis({ ...redis.way, username: 'less', password: 'pw', commandTimeout: '30s', keyPrefix });
    const lacking = (right: string) =>
      `${subject}: the account at Redis at 127.0.0.1:${redis.port} lacks rights that are needed: ${right}`;
    await expect(open(shared('app:'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(lacking('xadd app:')),
    });
    // Its keys are not those of the account.
    await expect(open(shared('other:'))).rejects.toMatchObject({
      message: expect.stringContaining(lacking('eval other:')),
    });
    await waitFor('the connections to be closed', async () => (await names()).length === 0);
  });

  it('tells in metrics which server is reached, lost connections and the way there', async () => {
    const metrics = new Registry();
    const running = await startAll({ ...redis.way, keyPrefix: 'metrics:', commandTimeout: '30s' }, metrics);
    const connected = `millrace_redis_connected{connection="commands",node="127.0.0.1:${redis.port}"} 1`;
    expect(await metrics.metrics()).toContain(connected);
    expect(await metrics.metrics()).toContain('millrace_redis_reconnects_total{connection="commands"} 0');
    await waitFor('the way to be timed', async () =>
      /millrace_redis_latency_seconds_count\{node="[\d.:]+"\} [1-9]/.test(await metrics.metrics()),
    );
    await control.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await waitFor('the connection to be made anew', async () => {
      const text = await metrics.metrics();
      return text.includes(connected) && text.includes('millrace_redis_reconnects_total{connection="commands"} 1');
    });
    await running.close();
  });

  it('reports its health once, for all modules', async () => {
    const running = await startAll({ ...redis.way, keyPrefix: 'health:', commandTimeout: '30s' });
    const operations = running.app.get(OperationsRegistry);
    expect(operations.parts.filter(({ name }) => name === 'redis')).toHaveLength(1);
    expect(await operations.healthOf('redis')).toEqual({ status: 'up' });
    await running.close();
  });
});

describe.each(TOPOLOGIES)('An account of its own on $topology', ({ start }) => {
  it('needs no right beyond the prefix, with which every key begins', async () => {
    const redis = await start();
    await redis.onPrimaries((primary) =>
      primary.call('ACL', 'SETUSER', 'app', 'on', '>pw', '~app:*', '&app:*', ...RIGHTS),
    );
    const account = {
      ...redis.way,
      username: 'app',
      password: 'pw',
      keyPrefix: 'app:',
      commandTimeout: '30s',
    } as const;
    const running = await startAll(account);
    const store = running.app.get(StreamStore);
    const registry = running.app.get(ConnectionRegistry);
    const follower = await store.openFollower(['s', 'u', 'v']);
    await store.append('s', [Buffer.from('1'), Buffer.from('2')], { owner: 'ann' });
    await store.append('s', [Buffer.alloc(10_000), Buffer.alloc(10_000)]);
    await store.appendAll([
      { stream: 's', id: '9999999999999-1', data: Buffer.from('3') },
      { stream: 't', data: Buffer.from('4') },
    ]);
    for (const stream of ['u', 'v']) await store.append(stream, [Buffer.from('5')]);
    let followed = 0;
    await waitFor('the entries', async () => (followed += (await follower.take()).entries.length) === 7);
    await store.setMetadata('s', { max_age: 1000, max_bytes: 10_000 });
    await store.groups.open('s', 'group', { after: '5-5' });
    await store.append('s', [Buffer.from('6')]);
    expect(await store.readAfter('s', '9999999999999-0', { count: 9 })).toMatchObject({ entries: { length: 2 } });
    expect(await store.describe('t')).toMatchObject({ length: 1 });
    expect(await store.list()).toEqual(['s', 't', 'u', 'v']);
    await store.delete(['t']);
    await store.check();
    await registry.publish('p', [CONNECTION]);
    expect(await registry.lookup('p', {})).toHaveLength(1);
    const keys = running.app.get(ApiKeyStore);
    await keys.add(storedApiKey());
    expect(await keys.list()).toHaveLength(1);
    await running.app.get(TokenRevocations).add(makeRevocation({ user: 'alice' }, null));
    const sources = running.app.get(SourceStore);
    expect(await sources.names()).toEqual(['thermostat']);
    await sources.delete('thermostat');
    await sources.put('thermostat', { room: 'lab' });
    expect(await sources.get('thermostat')).toEqual({ room: 'lab' });
    const users = redisUsers(account);
    await users.add({ name: 'alice', password: 'correct horse' });
    expect(await users.verify('alice', 'correct horse')).toMatchObject({ name: 'alice' });
    await users.close?.();
    const outbox = new BullMqOutbox({ redis: sharedRedis(account) });
    const queue = await outbox.open('thermostat');
    await queue.append({ id: '1:1', object: '{}' });
    expect(await queue.read(5)).toHaveLength(1);
    await queue.remove(1);
    await queue.close();
    follower.close();
    await running.close();
    const made = (await redis.onPrimaries((primary) => primary.keys('*'))).flat();
    expect(made.length).toBeGreaterThan(8);
    expect(made.filter((key) => !key.startsWith('app:'))).toEqual([]);
    const refused = await redis.onPrimaries((primary) => primary.call('ACL', 'LOG') as Promise<unknown[]>);
    expect(refused.flat()).toEqual([]);
    await redis.stop();
  });
});

/** As `docs/redis.md` names them, those of a cluster too. */
const RIGHTS = [
  ...readFileSync('docs/redis.md', 'utf8').matchAll(/^ACL SETUSER .*? (-@all .*)$|`(\+cluster.*?)`/gm),
].flatMap(([, all = '', ofCluster = '']) => `${all} ${ofCluster}`.trim().split(' '));
