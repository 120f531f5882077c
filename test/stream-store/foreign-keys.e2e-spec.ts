import { StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { Redis } from 'ioredis';
import { Millrace } from '../cli/support/millrace.js';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { surfacesOf } from './support/surfaces.js';

/** Keys of another program that are no streams. */
const MADE: Record<string, (redis: Redis, key: string) => Promise<unknown>> = {
  string: (redis, key) => redis.set(key, 'theirs'),
  hash: (redis, key) => redis.hset(key, 'field', 'theirs'),
  list: (redis, key) => redis.rpush(key, 'theirs'),
  set: (redis, key) => redis.sadd(key, 'theirs'),
  zset: (redis, key) => redis.zadd(key, 1, 'theirs'),
};
const TYPES = Object.keys(MADE);

describe('Names under which Redis holds something else', () => {
  const millrace = new Millrace();
  let redis: RunningRedis;
  let other: Redis;
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    redis = await startRedis();
    other = new Redis(redis.url);
    running = await startApplication([
      StreamStoreModule.forRoot({ store: redisStore({ ...redis.way, commandTimeout: '30s' }), public: true }),
    ]);
    store = running.app.get(StreamStore);
    await store.append('good', [Buffer.from('kept')]);
    for (const type of TYPES) await MADE[type]?.(other, `theirs-${type}`);
  });
  afterAll(async () => {
    millrace.remove();
    await running.close();
    other.disconnect();
    await redis.stop();
  });

  it.each(TYPES)(
    'stream-store#66: one that is a %s is a conflict on every surface, and stays as it is',
    async (type) => {
      const name = `theirs-${type}`;
      const before = await other.dump(name);
      for (const [surface, ask] of Object.entries(surfacesOf(running, millrace, 'good'))) {
        const refusal = await ask(name);
        const { status = 409, close = 1008, code = 'CONFLICT', exit = 1 } = refusal;
        expect([surface, status, close, code]).toEqual([surface, 409, 1008, 'CONFLICT']);
        expect([surface, exit === 0]).toEqual([surface, false]);
        expect([surface, refusal.text]).toEqual([surface, expect.stringContaining('something other than a stream')]);
      }
      expect(await other.dump(name)).toEqual(before);
      expect(await store.list()).toEqual(['good']);
      expect((await store.readNewest('good', 100)).map(({ data }) => data.toString())).toEqual(['kept']);
      expect(await (await fetch(`${running.url}/streams?info=true`)).json()).toMatchObject([
        { sid: 'good', length: 1 },
      ]);
    },
  );

  it('stream-store#66: one that another program makes of a followed stream ends its readers, and no others', async () => {
    const streams = ['f-before', 'f-lost', 'f-empty', 'f-behind'];
    await store.append('f-lost', [Buffer.from('old')]);
    const sockets = await Promise.all(streams.map((each) => SocketClient.open(`${running.wsUrl}/data/${each}/pull`)));
    const [before, lost, empty, behind] = sockets as [SocketClient, SocketClient, SocketClient, SocketClient];
    await waitFor('the followers', () => store.followerLag()?.followers === 4);
    await other.del('f-lost');
    await other.set('f-lost', 'theirs');
    await other.hset('f-empty', 'field', 'theirs');
    for (const [socket, stream] of [
      [before, 'f-before'],
      [behind, 'f-behind'],
    ] as const) {
      const [id] = await store.append(stream, [Buffer.from(stream)]);
      expect(JSON.parse(await socket.nextText())).toEqual([[stream, id, 0]]);
      expect((await socket.next()).data.toString()).toBe(stream);
    }
    const conflict = { code: 1008, reason: expect.stringContaining('something other than a stream') };
    expect(await lost.closed).toEqual(conflict);
    expect(await empty.closed).toEqual(conflict);
    // Those that are left go on, and so does the name once it is free.
    await other.del('f-lost');
    const again = await SocketClient.open(`${running.wsUrl}/data/f-lost/pull?last_entry_id=0`);
    await store.append('f-lost', [Buffer.from('new')]);
    await again.nextText();
    expect((await again.next()).data.toString()).toBe('new');
    await store.append('f-before', [Buffer.from('later')]);
    await before.nextText();
    expect((await before.next()).data.toString()).toBe('later');
    await Promise.all([before, behind, again].map((socket) => socket.close()));
  });

  it('stream-store#66: an upload or a batch to several stores nothing when one of them is not a stream', async () => {
    const parts = ['a-1', 'theirs-hash', 'a-2'].map((stream) => ({ stream, data: Buffer.from('x') }));
    await expect(store.appendAll(parts)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await store.list()).filter((name) => name.startsWith('a-'))).toEqual([]);
  });

  it('a refused name does not count to the share of who asked for it', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(store.append('theirs-set', [Buffer.from('x')], { owner: 'ann' })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
    expect(await other.hget('millrace:{owners}:names', 'theirs-set')).toBeNull();
  });

  it('metadata that another program keeps as something else are none, and are not written over', async () => {
    await other.hset('XMETA:good', 'field', 'theirs');
    expect(await store.metadata('good')).toBeUndefined();
    expect(await (await fetch(`${running.url}/streams?info=true`)).json()).toContainEqual(
      expect.objectContaining({ sid: 'good', meta: null }),
    );
    await expect(store.setMetadata('good', { a: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await other.type('XMETA:good')).toBe('hash');
    await other.del('XMETA:good');
  });
});
