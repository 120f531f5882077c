import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule, developmentUsers, fileUsers } from '@millrace/auth';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule, ConnectorModule } from '@millrace/connector';
import { MillraceCoreModule, MillraceWsAdapter } from '@millrace/core';
import { type Notice, OperationsRegistry } from '@millrace/core/ops';
import { sharedRedis, type SharedRedisOptions } from '@millrace/core/redis';
import { RpcModule } from '@millrace/rpc';
import { embeddedStore, memoryStore, type StreamStoreDriver, StreamStoreModule } from '@millrace/stream-store';
import { CertificateMaker } from '../support/certificates.js';
import { startApplication } from '../support/applications.js';
import { startRedis } from '../support/redis.js';
import { redisStore } from '@millrace/stream-store/redis';
import { waitFor } from '../support/waiting.js';

const JWT = { secret: 'a secret of at least thirty-two bytes' } as const;
const MIB = 1024 ** 2;

describe('Notices to operators', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-notices-'));
  const dataDirectory = directory;
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  type Imports = (Type | DynamicModule | Promise<DynamicModule>)[];
  const make = async (imports: Imports): Promise<INestApplication> => {
    const module = await Test.createTestingModule({ imports: [MillraceCoreModule, ...imports] }).compile();
    const app = module.createNestApplication({ logger: false });
    app.useWebSocketAdapter(new MillraceWsAdapter(app));
    open.push(app);
    return app;
  };
  const read = async (app: INestApplication): Promise<readonly Notice[]> => {
    const notices = await app.get(OperationsRegistry, { strict: false }).notices();
    for (const { text, remedy } of notices) {
      expect(text).toMatch(/\S/);
      expect(remedy).toMatch(/\S/);
      expect(text + remedy).not.toContain(JWT.secret);
    }
    return notices;
  };
  const noticesOf = async (...imports: Imports): Promise<readonly Notice[]> => read(await (await make(imports)).init());
  const codesOf = async (...imports: Imports): Promise<string[]> =>
    (await noticesOf(...imports)).map(({ code, level }) => `${code} ${level}`);

  it('say that nothing asks who comes, or which areas are open', async () => {
    expect(await codesOf()).toEqual(['NO_AUTHENTICATION warning']);
    const notices = await noticesOf(
      AuthModule.forRoot({
        jwt: JWT,
        dataDirectory,
        users: fileUsers({ path: join(directory, 'a.json') }),
        publicAreas: ['streams'],
      }),
      RpcModule.forRoot({ public: true }),
    );
    const areas = notices.find(({ code }) => code === 'AREAS_OPEN');
    expect(areas?.text).toContain('"rpc", "streams"');
    expect(areas?.remedy).toContain('publicAreas');
  });

  it('say that everybody can log in, or nobody', async () => {
    const open = {
      jwt: JWT,
      dataDirectory,
      users: developmentUsers(),
      developmentTokens: ['x'],
      throttle: false,
    } as const;
    expect(await codesOf(AuthModule.forRoot(open))).toEqual([
      'DEVELOPMENT_LOGIN warning',
      'DEVELOPMENT_TOKENS warning',
      'LOGINS_UNLIMITED warning',
    ]);
    const users = fileUsers({ path: join(directory, 'users.json') });
    const closed = { jwt: JWT, dataDirectory, users };
    expect(await codesOf(AuthModule.forRoot(closed))).toEqual(['NO_USERS error']);
    const again = fileUsers({ path: join(directory, 'users.json') });
    await again.add({ name: 'me', password: 'a long password', scopes: ['*'] });
    expect(await codesOf(AuthModule.forRoot({ ...closed, users: again }))).toEqual([]);
  });

  it('say which proxies are believed, and that everybody is', async () => {
    const trusting = (trustProxy: string): DynamicModule =>
      AuthModule.forRoot({ jwt: JWT, dataDirectory, users: developmentUsers(), apiKeys: { trustProxy } });
    expect(await codesOf(trusting('10.0.0.1'))).toContain('PROXIES_TRUSTED info');
    expect(await codesOf(trusting('10.0.0.1,0.0.0.0/1,128.0.0.0/1'))).toContain('PROXIES_TRUSTED warning');
  });

  it('say that others can read along', async () => {
    const at = async (host: string): Promise<string[]> => {
      const app = await make([]);
      await app.listen(0, host);
      return (await read(app)).map(({ code }) => code);
    };
    expect(await at('127.0.0.1')).not.toContain('PLAIN_HTTP');
    expect(await at('0.0.0.0')).toContain('PLAIN_HTTP');
  });

  it('say that streams are lost with the process, that the disk is nearly full, and that entries are refused', async () => {
    const streams = (store: StreamStoreDriver) => codesOf(StreamStoreModule.forRoot({ store }));
    expect(await streams(memoryStore())).toContain('STREAMS_IN_MEMORY warning');
    const { bavail, bsize } = statfsSync(directory);
    const free = bavail * bsize;
    const store = (reserve: number): StreamStoreDriver =>
      embeddedStore({ directory: join(directory, `streams-${reserve}`), reserve, headroom: MIB });
    expect((await streams(store(1))).filter((code) => code.startsWith('STREAMS_'))).toEqual([]);
    expect(await streams(store(free - 100 * MIB))).toContain('STREAMS_DISK_LOW warning');
    const refused = await streams(store(free + 1000 * MIB));
    expect(refused).toContain('STREAMS_REFUSED error');
    expect(refused).not.toContain('PART_DOWN error');
  });

  it('say that errors are told to callers, that the hub lets everybody in, and that a connector is away', async () => {
    expect(await codesOf(RpcModule.forRoot({ exposeErrors: true }))).toContain('RPC_EXPOSES_ERRORS warning');
    expect(await codesOf(ConnectorHubModule.forRoot({ sources: {} }))).toContain('SOURCES_OPEN warning');
    const away = ConnectorModule.forRoot({
      targetServer: 'http://127.0.0.1:1',
      authToken: JWT.secret,
      sources: ['far'],
      backoff: { initial: 1, max: 5 },
    });
    const app = await (await make([away])).init();
    const told = await waitFor('the notice', async () =>
      (await read(app)).find(({ code }) => code === 'CONNECTOR_AWAY'),
    );
    expect(told.text).toContain('"far"');
  });

  it('say nothing of an application that is well', async () => {
    const users = fileUsers({ path: join(directory, 'well.json') });
    await users.add({ name: 'me', password: 'a long password', scopes: ['*'] });
    const imports = [
      AuthModule.forRoot({ jwt: JWT, dataDirectory, users }),
      StreamStoreModule.forRoot({ store: embeddedStore({ directory: join(directory, 'well') }) }),
      ConnectivityModule.forRoot(),
      RpcModule.forRoot(),
      ConnectorHubModule.forRoot({ sources: {} }),
    ];
    const maker = await CertificateMaker.create();
    const running = await startApplication(imports, { tls: await maker.make() });
    rmSync(maker.directory, { recursive: true });
    open.push(running);
    // The disk of the machine is its own affair.
    expect((await read(running.app)).filter(({ code }) => code !== 'STREAMS_DISK_LOW')).toEqual([]);
  });
});

describe('Notices about Redis', () => {
  it('say that it removes entries, keeps none on the disk, and is away', async () => {
    const redis = await startRedis(['--appendonly', 'yes']);
    const control = redis.connect();
    const start = async (options: SharedRedisOptions = {}): Promise<INestApplication> => {
      const store = redisStore({ redis: sharedRedis({ ...redis.way, ...options }) });
      const module = await Test.createTestingModule({ imports: [StreamStoreModule.forRoot({ store })] }).compile();
      const app = module.createNestApplication({ logger: false });
      app.useWebSocketAdapter(new MillraceWsAdapter(app));
      return app.init();
    };
    const read = async (app: INestApplication): Promise<string[]> => {
      const notices = await app.get(OperationsRegistry, { strict: false }).notices();
      return notices.filter(({ part }) => part === 'redis').map(({ code, level }) => `${code} ${level}`);
    };
    const [app, evicting] = [await start(), await start({ allowEviction: true })];
    expect(await read(app)).toEqual([]);
    await control.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await control.config('SET', 'appendonly', 'no');
    expect(await read(app)).toEqual(['REDIS_EVICTS warning', 'REDIS_NOT_KEPT warning']);
    expect(await read(evicting)).toEqual(['REDIS_NOT_KEPT warning']);
    control.disconnect();
    await redis.stop();
    const away = await waitFor('the notice', async () => {
      const notices = await app.get(OperationsRegistry, { strict: false }).notices();
      return notices.find(({ code }) => code === 'REDIS_AWAY');
    });
    expect(away).toMatchObject({ part: 'redis', level: 'error', remedy: expect.stringContaining('url') as string });
    await Promise.all([app.close(), evicting.close()]);
  });
});
