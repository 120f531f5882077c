import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore, type StreamStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { buildLibrary } from '../support/build.js';
import { endProcess } from '../support/end-process.js';
import { startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';

const KILLS = 20;
const ACKED_EACH = 10_000;
const SETTINGS = storeContext({ retention: { maxLength: 100_000_000 } });

jest.setTimeout(180_000);

describe('kill -9 during acked appends, with the limit of entries raised', () => {
  it(`of the process: no acked entry is missing after ${KILLS} restarts on the embedded store`, async () => {
    await buildLibrary('stream-store');
    const directory = await mkdtemp(join(tmpdir(), 'millrace-kill-'));
    let after = '0-0';
    // The next process starts up while this one works.
    let next = pusher();
    for (let round = 0; round < KILLS; round += 1) {
      const child = next;
      next = pusher();
      const acked = await killedPusher(child, directory, round);
      expect(acked.length).toBeGreaterThanOrEqual(ACKED_EACH);

      const store = await embeddedStore({ directory }).create(SETTINGS);
      after = await expectKept(store, after, round, acked);
      await store.close();
    }
    await endProcess(next);
    await rm(directory, { recursive: true });
  });

  it(`of Redis with every append on disk: no acked entry is missing after ${KILLS} restarts`, async () => {
    const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    const store = await redisStore({ url: redis.url }).create(SETTINGS);
    let after = '0-0';
    try {
      for (let round = 0; round < KILLS; round += 1) {
        const acked: number[] = [];
        const appending = appendUntilRefused(store, round, acked);
        await waitFor('acked entries', () => acked.length >= ACKED_EACH, { deadline: 60_000, pause: 1 });
        await redis.kill();
        await appending;
        await expect(store.check()).rejects.toMatchObject({ name: 'StoreUnavailableError' });

        await redis.restart();
        await waitFor('Redis again', () =>
          store
            .check()
            .then(() => true)
            .catch(() => false),
        );
        after = await expectKept(store, after, round, acked);
      }
    } finally {
      await store.close();
      await redis.stop();
    }
  });
});

function pusher(): ChildProcess {
  return fork(join(__dirname, 'support', 'pusher.mjs'), { execArgv: [], serialization: 'advanced' });
}

/** Lets a process append until enough is acked, kills it, and gives the numbers it was acked. */
async function killedPusher(child: ChildProcess, directory: string, round: number): Promise<number[]> {
  const acked: number[] = [];
  const ready = new Promise<void>((resolve) => {
    child.on('message', (message: 'ready' | { first: number; count: number }) => {
      if (message === 'ready') return resolve();
      for (let index = 0; index < message.count; index += 1) acked.push(message.first + index);
      // In the midst of things: other appends are under way.
      if (acked.length >= ACKED_EACH) child.kill('SIGKILL');
    });
  });
  const ended = once(child, 'close');
  await ready;
  child.send({ directory, round });
  await ended;
  return acked;
}

async function appendUntilRefused(store: StreamStore, round: number, acked: number[]): Promise<void> {
  let next = 0;
  const append = async () => {
    for (;;) {
      const first = next;
      next += 20;
      const batch = Array.from({ length: 20 }, (_unused, index) => first + index);
      await store.append(
        'numbers',
        batch.map((number) => Buffer.from(`${round}:${number}`)),
      );
      acked.push(...batch);
    }
  };
  await Promise.allSettled(Array.from({ length: 16 }, append));
}

/** Expects every acked entry of a round once, in order, after what earlier rounds left. Answers the last ID. */
async function expectKept(store: StreamStore, after: string, round: number, acked: number[]): Promise<string> {
  const kept: number[] = [];
  for (let cursor = after; ; after = cursor) {
    const { entries, gap } = await store.readAfter('numbers', cursor, { count: 10_000 });
    expect(gap).toBeUndefined();
    const last = entries.at(-1);
    if (!last) break;
    cursor = last.id;
    const numbers = entries.map(({ data }) => data.toString().split(':').map(Number) as [number, number]);
    expect(numbers.filter(([from]) => from !== round)).toEqual([]);
    kept.push(...numbers.map(([, number]) => number));
  }
  // What was not acked may be there too; but what is there is a whole beginning, in the order of the calls.
  expect(kept).toEqual(Array.from({ length: kept.length }, (_unused, index) => index));
  const present = new Set(kept);
  expect(acked.filter((number) => !present.has(number))).toEqual([]);
  return after;
}
