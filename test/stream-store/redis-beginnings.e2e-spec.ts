import type { StreamFollower, StreamGap } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { Redis } from 'ioredis';
import type { RunningRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { type RunningCluster, startCluster } from '../support/redis-cluster.js';
import { waitFor } from '../support/waiting.js';

const AHEAD = '9999999999999-5';

/** Takes what comes until there are so many entries. */
async function taken(follower: StreamFollower, wanted: number): Promise<{ gaps: StreamGap[]; entries: string[] }> {
  const gaps: StreamGap[] = [];
  const entries: string[] = [];
  await waitFor('the entries', async () => {
    const batch = await follower.take();
    gaps.push(...batch.gaps);
    entries.push(...batch.entries.map(({ id }) => id));
    return entries.length >= wanted;
  });
  return { gaps, entries };
}

describe('Streams in Redis that begin anew', () => {
  let redis: RunningRedis;
  let other: Redis;
  suiteRedis((started) => void ({ redis, client: other } = started));

  it('are told when another program deletes the key, and gives lower IDs', async () => {
    const store = await redisStore({ ...redis.way, keyPrefix: 'foreign:' }).create(storeContext());
    await store.appendAll(['s', 'quiet'].map((stream) => ({ stream, data: Buffer.from('old'), id: AHEAD })));
    const follower = await store.openFollower(['s', 'quiet', 'busy']);
    await other.del('foreign:s');
    await other.xadd('foreign:s', '10-0', 'd', 'a');
    await other.xadd('foreign:s', '20-0', 'd', 'b');
    const { gaps, entries } = await taken(follower, 2);
    expect(entries).toEqual(['10-0', '20-0']);
    expect(gaps.map(({ stream, after }) => [stream, after])).toEqual([['s', AHEAD]]);
    await store.close();
  });

  it('are told while other streams have news all the time', async () => {
    const store = await redisStore({ ...redis.way, keyPrefix: 'busy:' }).create(storeContext());
    await store.appendAll([{ stream: 's', data: Buffer.from('old'), id: AHEAD }]);
    const follower = await store.openFollower(['s', 'busy']);
    await other.del('busy:s');
    await other.xadd('busy:s', '10-0', 'd', 'a');
    const gaps: StreamGap[] = [];
    await waitFor('the gap', async () => {
      await store.append('busy', [Buffer.from('news')]);
      gaps.push(...(await follower.take()).gaps);
      return gaps.length > 0;
    });
    expect(gaps).toMatchObject([{ stream: 's', after: AHEAD }]);
    await store.close();
  });

  it('are not what a program makes of them that deletes one entry, or trims them', async () => {
    const store = await redisStore({ ...redis.way, keyPrefix: 'kept:' }).create(storeContext());
    const follower = await store.openFollower(['s']);
    const [first = '', second = ''] = await store.append('s', [Buffer.from('1'), Buffer.from('2')]);
    await taken(follower, 2);
    await other.xdel('kept:s', second);
    const ids = [...(await store.append('s', [Buffer.from('3')]))];
    expect(await taken(follower, 1)).toEqual({ gaps: [], entries: ids });
    await other.xtrim('kept:s', 'MAXLEN', 0);
    // Makes the reader look at every stream.
    await store.append(
      't',
      [first].map((text) => Buffer.from(text)),
    );
    await store.delete(['t']);
    const later = await store.append('s', [Buffer.from('4')]);
    expect(await taken(follower, 1)).toEqual({ gaps: [], entries: later });
    await store.close();
  });

  it('are told of as a gap, where entries were trimmed while the reader was cut off', async () => {
    const store = await redisStore({ ...redis.way, keyPrefix: 'cut:' }).create(storeContext());
    const follower = await store.openFollower(['s']);
    const [first = ''] = await store.append('s', [Buffer.from('1')]);
    await taken(follower, 1);
    const waits = await waitFor('the reader to wait', async () =>
      String(await other.client('LIST'))
        .split('\n')
        .find((line) => line.includes('cmd=xread') && line.includes('flags=b')),
    );
    const [, number = ''] = /^id=(\d+)/.exec(waits) ?? [];
    await other
      .multi()
      .client('KILL', 'ID', number)
      .xadd('cut:s', '*', 'd', 'lost')
      .xtrim('cut:s', 'MAXLEN', 0)
      .xadd('cut:s', '*', 'd', 'kept')
      .exec();
    const { gaps, entries } = await taken(follower, 1);
    expect(gaps).toEqual([{ stream: 's', after: first, first: entries[0] }]);
    await store.close();
  });

  it('leave a key that runs out, and that goes when they begin', async () => {
    const store = await redisStore({ ...redis.way, keyPrefix: 'floor:' }).create(storeContext());
    await store.append('s', [Buffer.from('old')]);
    await store.delete(['s']);
    const [key = ''] = await other.keys('floor:millrace:floor:*');
    expect(await other.ttl(key)).toBeGreaterThan(29 * 24 * 3600);
    await store.append('s', [Buffer.from('new')]);
    expect(await other.keys('floor:millrace:floor:*')).toEqual([]);
    await store.close();
  });
});

describe('On a cluster', () => {
  let redis: RunningCluster;
  beforeAll(async () => {
    redis = await startCluster();
  });
  afterAll(() => redis.stop());

  it.each(['plain', '{tag}s', 'a{tag}b', '{}s', 'a{b', '{{a}}', 'a}b', '}a{b}'])(
    'redisStore deletes a stream named %j and lets it begin anew',
    async (stream) => {
      const driver = redisStore({ ...redis.way, keyPrefix: '' });
      const store = await driver.create(storeContext());
      await store.append(stream, [Buffer.from('old')]);
      expect(await store.delete([stream])).toMatchObject([{ existed: true, entries: 1 }]);
      expect(await store.append(stream, [Buffer.from('new')])).toHaveLength(1);
      expect(await store.list()).toContain(stream);
      await store.close();
    },
  );
});
