import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiKeyFile } from '@millrace/accounts';
import { AuthModule, TokenService } from '@millrace/auth';
import { embeddedStore, memoryStore, type StreamStoreDriver, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { bearer, SECRET } from './support/places.js';

const MOST = 20;
const REMEDY = `One user may have at most ${MOST} streams; delete one, or raise limits.maxStreamsPerPrincipal`;

const CASES = HTTP_ADAPTERS.flatMap((adapter) => ['memory', 'embedded'].map((store) => [adapter, store] as const));

describe.each(CASES)('The share of streams of each user on %s with the %s store', (adapter, storeName) => {
  let directory: string;
  let running: RunningApplication;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-shares-'));
    const store: StreamStoreDriver =
      storeName === 'memory' ? memoryStore() : embeddedStore({ directory: join(directory, 'streams') });
    const auth = AuthModule.forRoot({
      jwt: { secret: SECRET },
      throttle: false,
      dataDirectory: directory,
      apiKeys: { trustProxy: 'loopback' },
    });
    const streams = StreamStoreModule.forRoot({ store, limits: { maxStreamsPerPrincipal: MOST } });
    running = await startApplication([auth, streams], { adapter });
  });
  afterEach(async () => {
    await running.close();
    await rm(directory, { recursive: true });
  });

  const as = (name: string): ReturnType<typeof bearer> =>
    bearer(running.app.get(TokenService).issue({ name, scopes: ['streams:*'] }).token);
  const upload = (name: string, path: string, filename = 'x'): Promise<Response> => {
    const body = new FormData();
    body.append('entries', new Blob(['x']), filename);
    return fetch(`${running.url}${path}`, { method: 'POST', body, ...as(name) });
  };
  const names = async (): Promise<string[]> => (await fetch(`${running.url}/streams`, as('root'))).json() as any;
  const numbers = (count: number): number[] => Array.from({ length: count }, (_unused, index) => index);
  const batch = (streams: string[]): [string, Buffer] => [
    JSON.stringify(streams.map((stream, index) => [stream, index])),
    Buffer.alloc(streams.length, 'x'),
  ];

  it('stream-store#57: a hundred uploads of new names at a time make as many streams as the share', async () => {
    const answers = await Promise.all(
      numbers(100).map((index) =>
        index % 2 ? upload('ann', `/data/s${index}`) : upload('ann', '/data/*', `s${index}`),
      ),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(MOST);
    expect(refused).toHaveLength(100 - MOST);
    expect(await refused[0]?.json()).toEqual({ detail: REMEDY });
    expect(await names()).toHaveLength(MOST);
    // Others are not touched, known streams go on, and what is deleted may be made again.
    expect((await upload('bob', '/data/bob')).status).toBe(200);
    const [known = ''] = await names();
    expect((await upload('bob', `/data/${known}`)).status).toBe(200);
    expect((await fetch(`${running.url}/streams/meta`, { method: 'PUT', body: '{"a":1}', ...as('ann') })).status).toBe(
      429,
    );
    const mine = (await names()).find((name) => name !== 'bob') ?? '';
    await fetch(`${running.url}/streams/${mine}`, { method: 'DELETE', ...as('bob') });
    expect((await upload('ann', '/data/again')).status).toBe(200);
    expect((await upload('ann', '/data/more')).status).toBe(429);
  });

  it('stream-store#57: push sockets are closed with the code and the remedy; nothing of the refused batch is stored', async () => {
    const all = numbers(MOST).map((index) => `s${index}`);
    const filling = await SocketClient.open(`${running.wsUrl}/data/*/push?ack=true`, as('ann'));
    for (const frame of batch(all)) filling.send(frame);
    expect((await filling.nextText()).split(',')).toHaveLength(MOST);

    const paths = ['*/push', 'new/push?batch=true', 's0+new/push?batch=true', 'new/push'];
    for (const path of paths) {
      const client = await SocketClient.open(`${running.wsUrl}/data/${path}`, as('ann'));
      if (path.includes('batch') || path.startsWith('*')) for (const frame of batch(['s0', 'new'])) client.send(frame);
      else client.send(Buffer.from('x'));
      expect(await client.closed).toEqual({ code: 1013, reason: REMEDY });
    }
    expect(await names()).toEqual(all.toSorted());

    for (const frame of batch(['s1', 's2'])) filling.send(frame);
    expect((await filling.nextText()).split(',')).toHaveLength(2);
    await filling.close();
    const other = await SocketClient.open(`${running.wsUrl}/data/new/push?ack=true`, as('bob'));
    other.send(Buffer.from('x'));
    expect(await other.nextText()).toMatch(/^\d+-\d+$/);
    await other.close();
  });

  it('stream-store#57: each API key has a share of its own, beside that of the user who handed it out', async () => {
    const pushBy = async (key: string, stream: string): Promise<number> => {
      const body = new FormData();
      body.append('entries', new Blob(['x']), 'x');
      const headers = { Authorization: `Bearer ${key}`, 'X-Forwarded-Proto': 'https' };
      return (await fetch(`${running.url}/data/${stream}`, { method: 'POST', body, headers })).status;
    };
    const keys = ApiKeyFile.in(directory);
    const { key } = await keys.create({ name: 'camera 1', scopes: ['streams:*'] });
    for (const index of numbers(MOST)) expect(await pushBy(key, `s${index}`)).toBe(200);
    expect(await pushBy(key, 'more')).toBe(429);
    const { key: other } = await keys.create({ name: 'camera 2', scopes: ['streams:*'] });
    expect(await pushBy(other, 'more')).toBe(200);
    expect((await upload('ann', '/data/mine')).status).toBe(200);
  });
});

it('stream-store#57: without users there is no share', async () => {
  const streams = StreamStoreModule.forRoot({ store: memoryStore(), limits: { maxStreamsPerPrincipal: 1 } });
  const running = await startApplication([streams]);
  for (const name of ['a', 'b', 'c']) {
    const body = new FormData();
    body.append('entries', new Blob(['x']), name);
    expect((await fetch(`${running.url}/data/*`, { method: 'POST', body })).status).toBe(200);
  }
  await running.close();
});
