import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore, type StreamStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { WebSocket } from 'ws';
import { buildLibrary } from '../support/build.js';
import { startRedis } from '../support/redis.js';
import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';

const KILLS = scaled(20);
const ACKED_EACH = scaled(3000, 1000);
const PUSHERS = 8;
/** Entries that each pusher sends ahead of their acks. */
const WINDOW = 100;
const SETTINGS = storeContext({ retention: { maxLength: 100_000_000 } });

// Each kill has deadlines of its own.
jest.setTimeout(600_000);

describe('kill -9 during acked pushes, with the limit of entries raised', () => {
  it(`of the server: no acked entry is missing after ${KILLS} restarts on the embedded store`, async () => {
    await buildLibrary('stream-store');
    const directory = await mkdtemp(join(tmpdir(), 'millrace-kill-'));
    let after = '0-0';
    // The next process starts up while this one works.
    let next: Promise<ChildProcess | undefined> = server();
    for (let round = 0; round < KILLS; round += 1) {
      const child = (await next) as ChildProcess;
      next = round + 1 < KILLS ? server() : Promise.resolve(undefined);
      const acked = await pushUntilKilled(child, directory, round);
      expect(total(acked)).toBeGreaterThanOrEqual(ACKED_EACH);

      const store = await embeddedStore({ directory }).create(SETTINGS);
      after = await expectKept(store, after, round, acked);
      await store.close();
    }
    await rm(directory, { recursive: true });
  });

  it(`of Redis with every append on disk: no acked entry is missing after ${KILLS} restarts`, async () => {
    const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    // A pusher ends at its first failure, which must be the kill, and not a disk that takes long.
    const store = await redisStore({ ...redis.way, commandTimeout: 60_000 }).create(SETTINGS);
    let after = '0-0';
    try {
      for (let round = 0; round < KILLS; round += 1) {
        const acked = noneAcked();
        const appending = Promise.allSettled(acked.map((_count, pusher) => append(store, round, pusher, acked)));
        await waitFor('acked entries', () => total(acked) >= ACKED_EACH, { deadline: 60_000, pause: 1 });
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

/** How many entries of each pusher were acked. */
const noneAcked = (): number[] => Array.from({ length: PUSHERS }, () => 0);
const total = (acked: readonly number[]): number => acked.reduce((sum, count) => sum + count, 0);
const entry = (round: number, pusher: number, number: number): Buffer => Buffer.from(`${round}:${pusher}:${number}`);

async function server(): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'support', 'push-server.mjs'), { execArgv: [] });
  await once(child, 'message');
  return child;
}

/** Pushes over sockets until enough is acked, kills the server in the midst of it, and tells what was acked. */
async function pushUntilKilled(child: ChildProcess, directory: string, round: number): Promise<number[]> {
  child.send({ directory });
  const [url] = (await once(child, 'message')) as [string];
  const acked = noneAcked();
  const ended = acked.map(
    (_count, pusher) =>
      new Promise<void>((resolve, reject) => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/data/numbers/push?ack=true`);
        let sent = 0;
        const push = (): void => socket.send(entry(round, pusher, sent++));
        socket.on('open', () => Array.from({ length: WINDOW }, push));
        socket.on('message', () => {
          acked[pusher] = (acked[pusher] ?? 0) + 1;
          if (total(acked) === ACKED_EACH) child.kill('SIGKILL');
          push();
        });
        socket.on('error', () => undefined);
        // 1006: without a word, as the killed do.
        socket.on('close', (code, reason) =>
          code === 1006 ? resolve() : reject(new Error(`Closed with ${code} ${reason.toString()}`)),
        );
      }),
  );
  await Promise.all([once(child, 'exit'), ...ended]);
  return acked;
}

async function append(store: StreamStore, round: number, pusher: number, acked: number[]): Promise<never> {
  const batch = 20;
  for (let first = 0; ; first += batch) {
    const entries = Array.from({ length: batch }, (_unused, index) => entry(round, pusher, first + index));
    await store.append('numbers', entries);
    acked[pusher] = first + batch;
  }
}

/** Expects every acked entry of a round once, in order, after what earlier rounds left. Answers the last ID. */
async function expectKept(store: StreamStore, after: string, round: number, acked: readonly number[]): Promise<string> {
  const kept: number[][] = acked.map(() => []);
  for (let cursor = after; ; after = cursor) {
    const { entries, gap } = await store.readAfter('numbers', cursor, { count: 10_000 });
    expect(gap).toBeUndefined();
    const last = entries.at(-1);
    if (!last) break;
    cursor = last.id;
    for (const { data } of entries) {
      const [from, pusher = -1, number = -1] = data.toString().split(':').map(Number);
      expect(from).toBe(round);
      kept[pusher]?.push(number);
    }
  }
  // What was not acked may be there too; but what is there is a whole beginning, in the order of the pushes.
  for (const [pusher, numbers] of kept.entries()) {
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_unused, index) => index));
    expect(numbers.length).toBeGreaterThanOrEqual(acked[pusher] ?? 0);
  }
  return after;
}
