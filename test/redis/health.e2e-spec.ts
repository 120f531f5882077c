import { Logger } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { OperationsRegistry } from '@millrace/core/ops';
import { sharedRedis, type SharedRedisOptions } from '@millrace/core/redis';
import { ConnectivityModule } from '@millrace/connectivity';
import { redisRegistry } from '@millrace/connectivity/redis';
import { ConnectorHubModule } from '@millrace/connector';
import { redisSources } from '@millrace/connector/redis';
import { StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import type { Redis } from 'ioredis';
import { TestAuthenticator } from '../connector/support/hub.js';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { askServer, type RedisTopology, type RunningRedis, startRedis } from '../support/redis.js';
import { startCluster } from '../support/redis-cluster.js';
import { waitFor } from '../support/waiting.js';

const PATIENT = { commandTimeout: '30s', startTimeout: '30s' } as const;

function start(options: SharedRedisOptions): Promise<RunningApplication> {
  const redis = sharedRedis({ ...PATIENT, ...options });
  return startApplication([
    TerminusModule,
    StreamStoreModule.forRoot({ store: redisStore({ redis }), isGlobal: true }),
    ConnectivityModule.forRoot({ registry: redisRegistry({ redis }) }),
    ConnectorHubModule.forRoot({
      store: redisSources({ redis, ...PATIENT }),
      authenticator: new TestAuthenticator(),
    }),
  ]);
}

const PARTS = ['streams', 'connectivity', 'sources', 'redis'];

/** What the health of the parts says, one after the other. */
async function healthOf(running: RunningApplication): Promise<string> {
  const operations = running.app.get(OperationsRegistry);
  const reports = await Promise.all(PARTS.map((part) => operations.healthOf(part)));
  return JSON.stringify(reports.map(({ status, details }) => ({ status, message: details?.['message'] })));
}

const UP = JSON.stringify(PARTS.map(() => ({ status: 'up' })));

describe('The health of Redis', () => {
  let redis: RunningRedis;
  let control: Redis;
  let running: RunningApplication;
  beforeEach(async () => {
    redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    control = redis.connect();
    running = await start({ ...redis.way });
    expect(await healthOf(running)).toBe(UP);
  });
  afterEach(async () => {
    await running.close();
    control.disconnect();
    await redis.stop();
  });

  const isDown = async (reason: RegExp): Promise<void> => {
    const health = await healthOf(running);
    expect(JSON.parse(health)).toEqual(PARTS.map(() => ({ status: 'down', message: expect.stringMatching(reason) })));
  };
  const isUpAgain = (): Promise<unknown> => waitFor('it to be up again', async () => (await healthOf(running)) === UP);

  it('is down while its memory is full, and says what to do', async () => {
    await control.config('SET', 'maxmemory', '1');
    await isDown(/the memory of Redis is full \(maxmemory\); .*\(OOM /);
    await expect(running.app.get(StreamStore).append('s', [Buffer.from('x')])).rejects.toMatchObject({
      name: 'StoreFullError',
    });
    await control.config('SET', 'maxmemory', '0');
    await isUpAgain();
  });

  it('is down while it is a replica, which takes no writes', async () => {
    await control.replicaof('127.0.0.1', 1);
    await isDown(/is a replica, which takes no writes; .*\(READONLY /);
    await control.replicaof('NO', 'ONE');
    await isUpAgain();
  });

  it('is down while too few replicas are at hand', async () => {
    await control.config('SET', 'min-replicas-to-write', '1');
    await isDown(/too few replicas at hand .*\(NOREPLICAS /);
    await control.config('SET', 'min-replicas-to-write', '0');
    await isUpAgain();
  });

  it('is down while it stands still', async () => {
    redis.signal('SIGSTOP');
    await isDown(/gave no answer within 1500 ms/);
    redis.signal('SIGCONT');
    await isUpAgain();
  });

  it('is down while it is away', async () => {
    await redis.kill();
    await isDown(/cannot reach Redis|is out of reach|gave no answer/);
    await redis.restart();
    await isUpAgain();
  });
});

describe('Settings of Redis that lose what was acknowledged', () => {
  let said: string[];
  beforeEach(() => {
    said = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((message: unknown) => void said.push(String(message)));
  });
  afterEach(() => jest.restoreAllMocks());

  it('are told at the start, and in health, where keys may be evicted', async () => {
    const redis = await startRedis(['--maxmemory-policy', 'allkeys-lru']);
    const running = await start({ ...redis.way });
    const warning = expect.stringMatching(
      /^The eviction policy of Redis is allkeys-lru: .* Set maxmemory-policy to noeviction/,
    );
    expect(said).toEqual([warning]);
    const operations = running.app.get(OperationsRegistry);
    const degraded = { status: 'degraded', details: { warnings: [warning] } };
    expect(await operations.healthOf('redis')).toEqual(degraded);
    expect(await operations.healthOf('streams')).toEqual(degraded);
    await running.close();
    said = [];
    const allowed = await start({ ...redis.way, allowEviction: true });
    expect(said).toEqual([]);
    expect(await healthOf(allowed)).toBe(UP);
    await allowed.close();
    await redis.stop();
  });

  it('are told where a master takes writes without its replicas', async () => {
    const redis = await startRedis();
    const replica = await startRedis(['--replicaof', '127.0.0.1', String(redis.port)]);
    const control = redis.connect();
    await waitFor('the replica', async () => (await control.info('replication')).includes('connected_slaves:1'));
    const running = await start({ ...redis.way });
    expect(said).toEqual([expect.stringContaining('min-replicas-to-write is not set')]);
    await running.close();
    said = [];
    await control.config('SET', 'min-replicas-to-write', '1');
    await waitFor('the replica to count', async () => (await control.info('replication')).includes('good_slaves:1'));
    const bounded = await start({ ...redis.way });
    expect(said).toEqual([]);
    await bounded.close();
    control.disconnect();
    await replica.stop();
    await redis.stop();
  });
});

describe('The health of a cluster', () => {
  let redis: RedisTopology;
  let running: RunningApplication;
  beforeAll(async () => {
    redis = await startCluster();
    running = await start(redis.way);
  });
  afterAll(async () => {
    await running.close();
    await redis.stop();
  });

  it('is down while one of the masters takes nothing', async () => {
    expect(await healthOf(running)).toBe(UP);
    for (const server of redis.servers) {
      await askServer(server, (control) => control.config('SET', 'maxmemory', '1'));
      expect(await healthOf(running)).toMatch(/the memory of Redis is full/);
      await askServer(server, (control) => control.config('SET', 'maxmemory', '0'));
      await waitFor('it to be up again', async () => (await healthOf(running)) === UP);
    }
  });

  it('is down while one of the masters is away', async () => {
    const [first] = redis.servers;
    await first?.kill();
    await waitFor('it to be down', async () => (await healthOf(running)).includes('"down"'));
    await first?.restart();
    await waitFor('it to be up again', async () => (await healthOf(running)) === UP);
  });
});
