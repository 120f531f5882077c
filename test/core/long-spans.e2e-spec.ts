import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { AuthModule } from '@millrace/auth';
import { connect, type Millrace, nodeSources } from '@millrace/client';
import { ConnectionPublisher, ConnectivityModule, ConnectivityService } from '@millrace/connectivity';
import {
  ConnectorHub,
  ConnectorHubModule,
  ConnectorModule,
  InjectSource,
  OnQuery,
  SourceConnection,
  SourceHandler,
} from '@millrace/connector';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { StreamStoreModule, StreamStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { timerFires } from '../support/timer-fires.js';
import { waitFor } from '../support/waiting.js';

/** Longer than a timer of JavaScript can wait. */
const LONG = '40d';
const LONG_MS = 40 * 86_400_000;
/** Where nothing is busy, some tens of times in the time that is looked at; a busy timer alone makes 300. */
const QUIET = 150;

@Injectable()
class Methods {
  @RpcMethod('later', { timeout: LONG })
  async later(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 'done';
  }
}

@SourceHandler('thermostat')
class Thermostat {
  constructor(@InjectSource('thermostat') readonly source: SourceConnection) {}

  @OnQuery() async *readings(): AsyncIterable<unknown> {
    yield { celsius: 21 };
    await new Promise((resolve) => setTimeout(resolve, 50));
    yield { celsius: 22 };
  }
}

const at = (uid: string) => ({ uid, uri: `tcp://host/${uid}`, dataType: 'Frame' });

describe('With every time span of every module longer than a timer can wait', () => {
  let redis: RunningRedis;
  let directory: string;
  let server: RunningApplication;
  let connector: RunningApplication;
  let millrace: Millrace;

  beforeAll(async () => {
    redis = await startRedis();
    directory = await mkdtemp(join(tmpdir(), 'millrace-spans-'));
    @Module({
      imports: [
        AuthModule.forRoot({
          jwt: { secret: 'a secret for tests, long enough for production', expiresIn: LONG },
          apiKeys: { recheckInterval: LONG },
          dataDirectory: directory,
        }),
        StreamStoreModule.forRoot({
          store: redisStore({ url: redis.url, commandTimeout: LONG, startTimeout: LONG }),
          retention: { maxAge: LONG },
        }),
        ConnectivityModule.forRoot({ ttl: LONG, grace: LONG, watcherTimeout: LONG }),
        RpcModule.forRoot({ stallTimeout: LONG }),
        ConnectorHubModule.forRoot({
          sources: { thermostat: {} },
          authenticationTimeout: LONG,
          claimTimeout: LONG,
          reclaimWait: LONG,
          queryTimeout: LONG,
          stallTimeout: LONG,
          revalidateInterval: LONG,
        }),
      ],
      providers: [Methods],
    })
    class Everything {}
    server = await startApplication([Everything], {
      sockets: { handshakeTimeout: LONG, pingInterval: LONG, pingTimeout: LONG, shutdownTimeout: LONG },
    });
    const login = { name: 'me', password: 'me' };
    millrace = await connect(server.url, {
      sources: nodeSources({ environment: {}, home: directory }),
      login,
      connectTimeout: LONG,
      silenceTimeout: LONG,
      timeout: LONG,
      rpc: { requestTimeout: LONG, closeTimeout: LONG },
    });
    const authToken = await token();
    @Module({
      imports: [
        ConnectorModule.forRoot({
          targetServer: server.url,
          authToken,
          sources: ['thermostat'],
          sendPings: true,
          pingInterval: LONG,
          pingTimeout: LONG,
          handshakeTimeout: LONG,
          answerTimeout: LONG,
          resetBackoffAfter: LONG,
          drainTimeout: LONG,
          outbox: { ackTimeout: LONG },
          probe: { port: 0, automatic: true, grace: LONG },
        }),
      ],
      providers: [Thermostat],
    })
    class ConnectorApplication {}
    connector = await startApplication([ConnectorApplication], { sockets: false });
    await waitFor('the source', () => connector.app.get(Thermostat).source.isConnected);
  });

  afterAll(async () => {
    // None of these waits out its time.
    await millrace.close();
    await connector.close();
    await server.close();
    await redis.stop();
    await rm(directory, { recursive: true });
  });

  const token = async (): Promise<string> => {
    const body = new URLSearchParams({ username: 'me', password: 'me' });
    const answer = await fetch(`${server.url}/token`, { method: 'POST', body });
    return ((await answer.json()) as { access_token: string }).access_token;
  };

  it('no timer runs busily, and nothing ends early', async () => {
    const { source } = connector.app.get(Thermostat);
    expect(await timerFires()).toBeLessThan(QUIET);
    expect(source.isConnected).toBe(true);
  });

  it('the client, RPC, sources and the registry answer as ever', async () => {
    expect(await millrace.rpc.request('later', null, { timeout: LONG })).toBe('done');
    const hub = server.app.get(ConnectorHub);
    expect(await hub.query('thermostat', {})).toEqual([{ celsius: 21 }, { celsius: 22 }]);
    await connector.app.get(Thermostat).source.notify({ warm: true });

    server.app.get(ConnectionPublisher).announce('session', at('a'));
    const service = server.app.get(ConnectivityService);
    const late = setTimeout(() => void service.publish('session', [at('b')]), 50);
    expect(await service.waitFor('session', {}, 2, LONG)).toHaveLength(2);
    clearTimeout(late);
    const kept = await millrace.registry.keepPublished('session', at('c'), { interval: LONG });
    expect(await timerFires()).toBeLessThan(QUIET);
    expect(await millrace.registry.lookup('session', { dataType: 'Frame' })).toHaveLength(3);
    await kept.close();
  });

  it('a push gathers its batch, and a pull follows it', async () => {
    const push = millrace.streams.push('camera', { batch: { entries: 3, delay: LONG } });
    const sent = ['a', 'b', 'c'].map((text) => push.send(Buffer.from(text), { timeout: LONG }));
    expect(await Promise.all(sent)).toHaveLength(3);
    const half = push.send(Buffer.from('d'));
    expect(await timerFires()).toBeLessThan(QUIET);
    expect((await server.app.get(StreamStore).readAfter('camera', '0-0', { count: 10 })).entries).toHaveLength(3);
    await push.close();
    await half;
  });

  it('stream-store#54: twenty pulls with the longest spans a query takes stay open, and cost no busy timer', async () => {
    const headers = { Authorization: `Bearer ${await token()}` };
    const store = server.app.get(StreamStore);
    await store.append('slow', [Buffer.from('a'), Buffer.from('b')]);
    const queries = [
      'rate_limit=3000000&last_entry_id=0',
      'rate_limit=999999999&last_entry_id=0',
      `timeout=${LONG_MS}`,
      'timeout=2592000000&last_entry_id=0&count=9',
      'timeout=999999999999999',
    ];
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        SocketClient.open(`${server.wsUrl}/data/slow/pull?${queries[index % queries.length]}`, { headers }),
      ),
    );
    await waitFor('the first pairs', () => clients.filter(({ frames }) => frames.length >= 2).length === 12);
    expect(await timerFires()).toBeLessThan(QUIET);
    expect(clients.every(({ ws }) => ws.readyState === ws.OPEN)).toBe(true);
    // One pair each: the second one has its time in a month.
    for (const { frames } of clients) expect([0, 2]).toContain(frames.length);
    await Promise.all(clients.map((client) => client.close()));
  });
});
