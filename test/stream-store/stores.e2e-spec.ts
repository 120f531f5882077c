import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declareContract } from '@millrace/core/contract';
import { embeddedStore, memoryStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { DURABLE_STREAM_STORE_CONTRACT, storeContext, STREAM_STORE_CONTRACT } from '@millrace/stream-store/testing';
import { Redis } from 'ioredis';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';

declareContract('memoryStore: the contract of a stream store', STREAM_STORE_CONTRACT, {
  create: async () => ({ driver: memoryStore() }),
});

declareContract(
  'embeddedStore: the contract of a stream store',
  { ...STREAM_STORE_CONTRACT, ...DURABLE_STREAM_STORE_CONTRACT },
  {
    create: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'millrace-store-'));
      return { driver: embeddedStore({ directory }), dispose: () => rm(directory, { recursive: true }) };
    },
  },
);

describe('on a Redis', () => {
  let redis: RunningRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('redisStore gives back streams that another program removed, or that never got an entry, when their owner needs them', async () => {
    const limits = { maxStreamsPerPrincipal: 3 };
    const store = await redisStore({ ...redis.way, keyPrefix: 'back:' }).create(storeContext({ limits }));
    const push = (stream: string): Promise<string[]> => store.append(stream, [Buffer.from('x')], { owner: 'ann' });
    for (const stream of ['a', 'b', 'c']) await push(stream);
    await expect(push('d')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    await store.close();
    const other = new Redis(redis.url);
    await other.del('back:a', 'back:b');
    // As if they had been made two minutes ago: the name of one made just now may be of an append under way.
    for (const name of ['a', 'c'])
      await other.hset('back:millrace:{owners}:names', name, `${Date.now() - 120_000} ann`);
    const again = await redisStore({ ...redis.way, keyPrefix: 'back:' }).create(storeContext({ limits }));
    await again.append('d', [Buffer.from('x')], { owner: 'ann' });
    await expect(again.append('e', [Buffer.from('x')], { owner: 'ann' })).rejects.toThrow('maxStreamsPerPrincipal');
    expect(await other.hgetall('back:millrace:{owners}:counts')).toEqual({ ann: '3' });
    other.disconnect();
    await again.close();
  });

  it('redisStore leaves out streams of other programs under names that no URL reaches', async () => {
    const other = new Redis(redis.url);
    for (const name of ['.', '..', 'ours']) await other.xadd(`dots:${name}`, '*', 'd', 'x');
    other.disconnect();
    const store = await redisStore({ ...redis.way, keyPrefix: 'dots:' }).create(storeContext());
    expect(await store.list()).toEqual(['ours']);
    await store.close();
  });

  it('redisStore closes its connections at once, also while its reader waits for news', async () => {
    const store = await redisStore({ ...redis.way, keyPrefix: 'closing:' }).create(storeContext());
    const follower = await store.openFollower(['camera']);
    follower.onNews(() => undefined);
    await store.append('camera', [Buffer.from('entry')]);
    await store.close();
    const observer = new Redis(redis.url);
    await waitFor('no other connection', async () => {
      const list = (await observer.client('LIST')) as string;
      return list.trim().split('\n').length === 1;
    });
    observer.disconnect();
  });
});

it.each([
  ['an option it does not know', { connect: () => undefined }],
  ['two ways to Redis', { url: 'redis://127.0.0.1', sentinels: [{ host: 'a' }], name: 'main' }],
])('redisStore refuses %s before it connects', (_what, options) => {
  expect(() => redisStore(options as object)).toThrow(expect.objectContaining({ name: 'OptionsError' }));
});
