import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore, type StreamStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { Redis } from 'ioredis';
import { buildLibrary } from '../support/build.js';
import { endProcess } from '../support/end-process.js';
import { startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';

const works = (store: StreamStore) =>
  store.check().then(
    () => true,
    () => false,
  );

/** What `disk-filler.mjs` tells: first of the full disk, then of the one with room again. */
interface FillerReport {
  readonly acked: string[];
  readonly refusal: unknown;
  readonly batchRefusal: unknown;
  readonly kept: string[];
  readonly streams: string[];
  readonly next: string;
}

describe('a lost Redis', () => {
  it('refuses appends and reads at once, and comes back by itself; followers miss nothing and get nothing twice', async () => {
    const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    // Who waited for an answer would wait for this long each time.
    const store = await redisStore({ ...redis.way, commandTimeout: 60_000 }).create(storeContext());
    try {
      const seen: string[] = [];
      const ending = new AbortController();
      await store.append('s', [Buffer.from('before')]);
      const following = (async () => {
        for await (const { entries, gaps } of store.follow(['s'], { after: '0', signal: ending.signal })) {
          expect(gaps).toEqual([]);
          seen.push(...entries.map(({ data }) => data.toString()));
        }
      })();
      await waitFor('the first entry', () => seen.length === 1);
      await redis.kill();
      const away = { name: 'StoreUnavailableError', code: 'UNAVAILABLE' };
      const since = Date.now();
      await expect(store.append('s', [Buffer.from('lost')])).rejects.toMatchObject(away);
      await expect(store.readNewest('s', 1)).rejects.toMatchObject(away);
      await expect(store.openFollower(['s'])).rejects.toMatchObject(away);
      await expect(store.check()).rejects.toMatchObject(away);
      expect(Date.now() - since).toBeLessThan(50_000);

      await redis.restart();
      await waitFor('Redis again', () => works(store));
      await store.append('s', [Buffer.from('after'), Buffer.from('more')]);
      await waitFor('what came after', () => seen.includes('more'));
      expect(seen).toEqual(['before', 'after', 'more']);
      ending.abort();
      await following;
    } finally {
      await store.close();
      await redis.stop();
    }
  });

  it('that is away at the start stops it with a clear error', async () => {
    const redis = await startRedis();
    await redis.stop();
    const opening = redisStore({ url: redis.url, startTimeout: 200 }).create(storeContext());
    await expect(opening).rejects.toThrow('got no answer of Redis within 200 ms');
  });

  it('that is full refuses appends, stores nothing of the batch, and goes on when there is room', async () => {
    const redis = await startRedis(['--maxmemory', '8mb', '--maxmemory-policy', 'noeviction']);
    const store = await redisStore({ ...redis.way }).create(storeContext({ retention: { maxLength: 1_000_000 } }));
    const control = new Redis(redis.url);
    try {
      const large = Buffer.alloc(256 * 1024, 'x');
      const full = (async () => {
        for (;;) await store.append('s', [large]);
      })();
      await expect(full).rejects.toMatchObject({ name: 'StoreFullError', code: 'UNAVAILABLE' });
      const batch = ['t', 's'].map((stream) => ({ stream, data: large }));
      await expect(store.appendAll(batch)).rejects.toMatchObject({ name: 'StoreFullError' });
      expect(await store.list()).toEqual(['s']);
      await control.config('SET', 'maxmemory', '64mb');
      expect(await store.append('t', [large])).toHaveLength(1);
    } finally {
      control.disconnect();
      await store.close();
      await redis.stop();
    }
  });
});

describe('the embedded store', () => {
  it('on a full disk refuses appends, keeps what was acked, and goes on when there is room', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-full-'));
    // A small disk of its own; where none may be mounted, the test cannot tell anything.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory]);
    await buildLibrary('stream-store');
    const filler = fork(join(__dirname, 'support', 'disk-filler.mjs'), [directory], { execArgv: [], silent: true });
    const report = async () => (await once(filler, 'message'))[0] as FillerReport;
    try {
      const full = await report();
      expect(full.refusal).toEqual({ name: 'StoreFullError', code: 'UNAVAILABLE' });
      expect(full.acked.length).toBeGreaterThan(5);
      expect(full.batchRefusal).toEqual({ name: 'StoreFullError', code: 'UNAVAILABLE' });
      expect(full.kept).toEqual(full.acked);
      expect(full.streams).toEqual(['s']);

      execFileSync('mount', ['-o', 'remount,size=32m', directory]);
      filler.send('room');
      const roomy = await report();
      expect(roomy.kept).toEqual([...full.acked, roomy.next]);
      if (filler.exitCode === null) await once(filler, 'exit');
    } finally {
      await endProcess(filler);
      execFileSync('umount', ['-l', directory]);
      await rm(directory, { recursive: true });
    }
  });

  it('is refused to a second process, by the number of the first; two stores on two directories do not meet', async () => {
    await buildLibrary('stream-store');
    const [first, second] = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'millrace-two-'))));
    const store = await embeddedStore({ directory: first }).create(storeContext());
    const other = await embeddedStore({ directory: second }).create(storeContext());
    await store.append('s', [Buffer.from('x')]);
    expect(await other.list()).toEqual([]);

    const child = fork(join(__dirname, 'support', 'opener.mjs'), [first as string], { execArgv: [] });
    const message = await new Promise((resolve) => child.once('message', resolve));
    await endProcess(child);
    expect(message).toMatch(new RegExp(`in use by process ${process.pid}`));
    await store.close();
    await other.close();
    const again = await embeddedStore({ directory: first }).create(storeContext());
    expect(await again.list()).toEqual(['s']);
    await again.close();
    await Promise.all([first, second].map((directory) => rm(directory as string, { recursive: true })));
  });
});
