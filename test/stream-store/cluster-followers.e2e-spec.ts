import { Logger } from '@nestjs/common';
import type { StreamStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { type Cluster } from 'ioredis';
import { type RunningCluster, startCluster } from '../support/redis-cluster.js';
import { askServer } from '../support/redis.js';
import type { RedisServer } from '../support/redis-process.js';
import { waitFor } from '../support/waiting.js';
import { type Followed, followAll } from './support/follow-all.js';
import { moveSlot } from './support/move-slot.js';

const PATIENCE = '30s';
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

describe('Followers on a cluster of three masters', () => {
  let redis: RunningCluster;
  let other: Cluster;
  let store: StreamStore;
  let number = 0;
  const fresh = (): string => `c${(number += 1)}`;
  const open = (options: object = {}): Promise<StreamStore> =>
    Promise.resolve(redisStore({ ...redis.way, commandTimeout: PATIENCE, ...options }).create(storeContext()));

  beforeAll(async () => {
    redis = await startCluster({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    other = redis.connect();
    store = await open();
  });
  afterAll(async () => {
    await store.close();
    other.disconnect();
    await redis.stop();
  });

  /** Adds an entry as another program would, also through a cut; the number as ID keeps it from being added twice. */
  const add = async (stream: string, n: number): Promise<void> => {
    for (;;) {
      try {
        await other.xadd(stream, `${n + 1}-0`, 'd', String(n));
        return;
      } catch (error) {
        if (String(error).includes('equal or smaller')) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  /** The same as ours do it. */
  const announce = async (stream: string, n: number): Promise<void> => {
    await add(stream, n);
    await other.spublish(stream, '').catch(() => undefined);
  };
  /** After a master was away the first command may fail. */
  const reachable = (stream: string): Promise<unknown> =>
    waitFor('the store to reach the stream', () =>
      store.lastId(stream).then(
        () => true,
        () => false,
      ),
    );
  /** Follows streams, each by itself; resolves when their news are listened to. */
  const follow = async (streams: readonly string[], after = '0'): Promise<Followed[]> => {
    for (const stream of streams) await reachable(stream);
    const readers = streams.map((stream) => followAll(store, [stream], after));
    for (const [index, stream] of streams.entries()) {
      await waitFor('the stream to be listened to', async () => {
        expect(readers[index]?.error).toBeUndefined();
        const counts = await redis.onPrimaries((node) => node.pubsub('SHARDNUMSUB', stream));
        return counts.some((count) => count[1] === 1);
      });
    }
    return readers;
  };
  /** Commands that the masters have taken so far, but for those by which the test asks. */
  const calls = async (): Promise<number> => {
    const stats = (await redis.onPrimaries((node) => node.info('commandstats'))).join('\n');
    let sum = 0;
    for (const [, name = '', count] of stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm))
      if (!['info', 'hello', 'client|setname', 'cluster|nodes'].includes(name)) sum += Number(count);
    return sum;
  };

  it('get what is announced, in order and once', async () => {
    const stream = fresh();
    const [reader] = (await follow([stream])) as [Followed];
    for (let n = 0; n < 500; n += 1) await announce(stream, n);
    await waitFor('all entries', () => reader.texts.length >= 500);
    expect(reader.texts).toEqual(numbers(500));
    expect(reader.gaps).toEqual([]);
    await reader.stop();
  });

  it('get what other programs add without a word, in order and once, and soon once that was found', async () => {
    const stream = fresh();
    const [reader] = (await follow([stream])) as [Followed];
    for (let n = 0; n < 300; n += 1) await add(stream, n);
    await waitFor('all entries', () => reader.texts.length >= 300);
    expect(reader.texts).toEqual(numbers(300));
    expect(reader.gaps).toEqual([]);
    await reader.stop();
  });

  it('miss nothing and get nothing twice when their master is killed and comes back', async () => {
    const streams = numbers(10).map(() => fresh());
    const readers = await follow(streams);
    const master = await redis.primaryOf(streams[0] as string);
    let written = 0;
    const writing = (async () => {
      for (let n = 0; n < 600; n += 1, written = n) await Promise.all(streams.map((stream) => announce(stream, n)));
    })();
    for (const until of [100, 300]) {
      await waitFor('some entries', () => written > until);
      await master.kill();
      await master.restart();
      await redis.ready();
    }
    await writing;
    for (const [index, reader] of readers.entries()) {
      await waitFor(`all entries of ${streams[index]}`, () => reader.texts.length >= 600 || reader.error);
      expect(reader.texts).toEqual(numbers(600));
      expect([reader.gaps, reader.error]).toEqual([[], undefined]);
      await reader.stop();
    }
  });

  it('go where their slot goes, and miss nothing', async () => {
    const [moved, stays] = [fresh(), fresh()];
    const readers = await follow([moved, stays]);
    let written = 0;
    const writing = (async () => {
      for (let n = 0; n < 600; n += 1, written = n)
        await Promise.all([moved, stays].map((stream) => announce(stream, n)));
    })();
    for (const until of [100, 300]) {
      await waitFor('some entries', () => written > until);
      const master = await moveSlot(redis, moved);
      await waitFor('the stream to be listened to at its new master', () =>
        askServer(master, async (node) => ((await node.pubsub('SHARDNUMSUB', moved)) as [string, number])[1] === 1),
      );
    }
    await writing;
    for (const reader of readers) {
      await waitFor('all entries', () => reader.texts.length >= 600 || reader.error);
      expect(reader.texts).toEqual(numbers(600));
      expect([reader.gaps, reader.error]).toEqual([[], undefined]);
      await reader.stop();
    }
  });

  it('are told at once when another instance deletes their stream', async () => {
    const stream = fresh();
    const second = await open();
    const [last] = await store.append(stream, [Buffer.from('old')]);
    const [reader] = (await follow([stream], '$')) as [Followed];
    await second.delete([stream]);
    await waitFor('the gap', () => reader.gaps.length > 0);
    expect(reader.gaps).toMatchObject([{ stream, after: last }]);
    await reader.stop();
    await second.close();
  });

  it('are told a gap when entries are trimmed before they were seen, and none when those were seen', async () => {
    const [seen, missed] = [fresh(), fresh()];
    const readers = await follow([seen, missed]);
    for (const stream of [seen, missed]) await add(stream, 0);
    await waitFor('the first entries', () => readers.every(({ texts }) => texts.length === 1));
    await other.xtrim(seen, 'MAXLEN', 0);
    await add(seen, 1);
    // In one step of the server: nobody can look between.
    await other
      .multi()
      .xadd(missed, '5-0', 'd', 'lost')
      .xtrim(missed, 'MAXLEN', 0)
      .xadd(missed, '6-0', 'd', 'kept')
      .exec();
    await waitFor('the second entries', () => readers.every(({ texts }) => texts.length === 2));
    expect(readers.map(({ texts }) => texts)).toEqual([
      ['0', '1'],
      ['0', 'kept'],
    ]);
    expect(readers[1]?.gaps).toMatchObject([{ stream: missed, after: '1-0', first: '6-0' }]);
    for (const reader of readers) await reader.stop();
  });

  it('stream-store#66: end with a conflict where another program puts something else, and leave the others', async () => {
    const [lost, kept] = [fresh(), fresh()];
    await add(lost, 0);
    const readers = await follow([lost, kept]);
    await other.del(lost);
    await other.set(lost, 'theirs');
    await waitFor('the error', () => readers[0]?.error);
    expect(readers[0]?.error).toMatchObject({ code: 'CONFLICT' });
    await announce(kept, 0);
    await waitFor('the entry', () => readers[1]?.texts.length === 1);
    for (const reader of readers) await reader.stop();
  });

  it('hear nothing where they may not listen, are told once in the log, and look for what comes', async () => {
    await redis.onPrimaries((node) =>
      node.call('ACL', 'SETUSER', 'deaf', 'on', '>secret', '~*', '+@all', 'resetchannels'),
    );
    const warned: unknown[] = [];
    const logging = jest.spyOn(Logger.prototype, 'warn').mockImplementation((text) => void warned.push(text));
    const deaf = await open({ username: 'deaf', password: 'secret' });
    const streams = numbers(20).map(() => fresh());
    const readers = streams.map((stream) => followAll(deaf, [stream]));
    try {
      await waitFor('the warning', () => warned.length > 0);
      for (const stream of streams) for (let n = 0; n < 3; n += 1) await add(stream, n);
      expect(await deaf.append(streams[0] as string, [Buffer.from('3')])).toHaveLength(1);
      await waitFor('all entries', () => readers.every(({ texts }, index) => texts.length === (index === 0 ? 4 : 3)));
      expect(readers.map(({ texts }) => texts)).toEqual(streams.map((_, index) => numbers(index === 0 ? 4 : 3)));
      expect(await deaf.delete(streams)).toHaveLength(20);
      expect(warned).toEqual([expect.stringContaining('&*')]);
    } finally {
      logging.mockRestore();
      for (const reader of readers) await reader.stop();
      await deaf.close();
    }
  });

  it('cost less than 50 commands a second for 1000 streams without news, and hear what is appended then', async () => {
    const streams = numbers(1000).map(() => fresh());
    const followers = await Promise.all(streams.map((stream) => store.openFollower([stream])));
    await waitFor('the streams to be listened to', async () => {
      const channels = await redis.onPrimaries((node) => node.pubsub('SHARDCHANNELS'));
      return channels.flat().length >= 1000;
    });
    let before = await calls();
    const quiet = async (): Promise<boolean> => {
      const now = await calls();
      const difference = now - before;
      before = now;
      return difference < 50;
    };
    // What came of the beginning is over.
    await waitFor('quiet', quiet, { pause: 1000 });
    const since = performance.now();
    const first = await calls();
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const perSecond = (((await calls()) - first) * 1000) / (performance.now() - since);
    expect(perSecond).toBeLessThan(50);
    const heard = new Set<number>();
    followers.forEach((follower, index) => follower.onNews(() => heard.add(index)));
    // Looking at all in turn would take 50 s.
    await Promise.all(streams.map((stream) => store.append(stream, [Buffer.from('0')])));
    await waitFor('all news', () => heard.size === 1000, { deadline: 30_000 });
    // What was added while nobody listened is seen once somebody does again, and those of a slot go with it.
    const some = streams.slice(0, 10);
    const again = new Set<string>();
    for (const [index, stream] of some.entries()) {
      await followers[index]?.take();
      followers[index]?.onNews(() => again.add(stream));
    }
    await redis.onPrimaries((node) => node.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
    await Promise.all(some.map((stream) => other.xadd(stream, '*', 'd', 'unheard')));
    await waitFor('what was not heard', () => again.size === some.length, { deadline: 30_000 });
    const moved = streams.slice(10, 16);
    const masters: RedisServer[] = [];
    for (const stream of moved) masters.push(await moveSlot(redis, stream));
    const isListenedTo = (stream: string, index: number): Promise<boolean> =>
      askServer(masters[index] as RedisServer, async (node) => {
        return ((await node.pubsub('SHARDNUMSUB', stream)) as [string, number])[1] === 1;
      });
    await waitFor(
      'the streams to be listened to at their new masters',
      async () => (await Promise.all(moved.map(isListenedTo))).every(Boolean),
      { deadline: 20_000 },
    );
    for (const follower of followers) follower.close();
  });
});
