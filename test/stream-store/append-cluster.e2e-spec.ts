import type { StreamStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { Cluster, Redis } from 'ioredis';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { askServer } from '../support/redis.js';
import { type RunningCluster, startCluster } from '../support/redis-cluster.js';
import type { RedisServer } from '../support/redis-process.js';
import { waitFor } from '../support/waiting.js';
import { AppendRecord, type Batch, dataOf } from './support/append-record.js';

const SETTINGS = storeContext({ retention: { maxLength: 100_000_000 } });
/** No master of the suite is to count as down. */
const PATIENT = 60_000;
const KINDS: readonly Batch[] = [{}, { entries: 20 }, { entries: 3, size: 8192 }, {}, { entries: 2, size: 1024 }];
/** They lie on all masters. */
const STREAMS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** One of the streams, and one of the kinds of batches, in turn. */
function next(record: AppendRecord): [string, Batch?] {
  return [STREAMS[record.acks % STREAMS.length] as string, KINDS[record.acks % KINDS.length]];
}

async function expectKept(store: StreamStore, record: AppendRecord, streams: readonly string[]): Promise<void> {
  for (const stream of streams) record.expect(stream, await dataOf(store, stream));
}

describe('Appends on a cluster', () => {
  let redis: RunningCluster;
  beforeAll(async () => {
    redis = await startCluster({ nodeTimeout: PATIENT });
  });
  beforeEach(() => redis.flushAll());
  afterAll(() => redis.stop());

  const open = (commandTimeout = 60_000): Promise<StreamStore> =>
    Promise.resolve(redisStore({ ...redis.way, commandTimeout }).create(SETTINGS));

  it('are not stored behind later ones when they have failed and a frozen master goes on', async () => {
    const store = await open(2000);
    const frozen = await redis.primaryOf('a');
    try {
      const record = new AppendRecord(store);
      await record.flood(
        8,
        () => record.acks >= 200,
        () => next(record),
      );
      const failures = record.failures.length;
      frozen.signal('SIGSTOP');
      const failing = Array.from({ length: 200 }, () => record.append('a', { size: 64 * 1024 }));
      let goesOn = false;
      const flood = record.flood(
        8,
        () => goesOn,
        () => ['a'],
      );
      expect(await Promise.all(failing)).not.toContain(true);
      goesOn = true;
      frozen.signal('SIGCONT');
      await flood;
      const acks = record.acks;
      await record.flood(
        8,
        () => record.acks >= acks + 1000,
        () => next(record),
      );
      expect(record.failures.length).toBeGreaterThan(failures);
      await expectKept(store, record, STREAMS);
    } finally {
      frozen.signal('SIGCONT');
      await store.close();
    }
  });

  it('are not stored behind later ones when they have failed and what was sent comes late', async () => {
    const proxies = new Map<string, CuttingProxy>();
    for (const { port } of redis.servers) proxies.set(`127.0.0.1:${port}`, await CuttingProxy.start(port));
    const natMap = Object.fromEntries(
      [...proxies].map(([address, { port }]) => [address, { host: '127.0.0.1', port }] as const),
    );
    const host = new Cluster(Object.values(natMap), { lazyConnect: true, natMap });
    const store = await redisStore({ client: host, commandTimeout: 60_000 }).create(SETTINGS);
    try {
      const record = new AppendRecord(store);
      for (const stream of STREAMS) for (const batch of KINDS) expect(await record.append(stream, batch)).toBe(true);
      const clients = async (): Promise<number> =>
        (await Promise.all(redis.servers.map((server) => askServer(server, (node) => node.client('LIST')))))
          .map((list) => String(list).trim().split('\n').length)
          .reduce((sum, count) => sum + count, 0);
      const before = await clients();
      const held = [...proxies.values()].map((proxy) => proxy.hold());
      const failing = STREAMS.flatMap((stream) => KINDS.map((batch) => record.append(stream, batch)));
      await waitFor('what is on its way', () => held.every(({ bytes }) => bytes > 0));
      for (const each of held) each.cut();
      await Promise.all(failing);
      const acks = record.acks;
      await record.flood(
        6,
        () => record.acks >= acks + 100,
        () => next(record),
      );
      for (const each of held) each.deliver();
      await waitFor('the old connections to end', async () => (await clients()) <= before + redis.servers.length);
      await record.flood(
        6,
        () => record.acks >= acks + 200,
        () => next(record),
      );
      await expectKept(store, record, STREAMS);
    } finally {
      await store.close();
      host.disconnect();
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    }
  });

  it('are stored in the order of the calls while their slot moves from master to master', async () => {
    const store = await open();
    try {
      const record = new AppendRecord(store);
      const streams = ['{moving}a', '{moving}b', '{moving}c'];
      let done = false;
      const flood = record.flood(
        8,
        () => done,
        (caller) => {
          const stream = streams[record.acks % streams.length] as string;
          return caller < 6 ? [stream, KINDS[record.acks % KINDS.length]] : ['{moving}own', { own: true, entries: 2 }];
        },
      );
      for (let round = 0; round < 4; round += 1) {
        const source = await redis.primaryOf('{moving}a');
        const [target = source] = redis.servers.filter((server) => server !== source);
        const acks = record.acks;
        const progress = (more: number): Promise<unknown> => waitFor('acks', () => record.acks >= acks + more);
        const move = await startMove('{moving}a', source, target, redis.servers);
        await progress(100);
        await move.keys(['{moving}a', '{moving}own']);
        await progress(200);
        // It begins where a slot moves: not before the slot has.
        const beginning = record.append(`{moving}new${round}`);
        await move.keys(['{moving}b', '{moving}c']);
        await progress(300);
        await move.end();
        expect(await beginning).toBe(true);
        await progress(400);
      }
      done = true;
      await flood;
      expect(record.failures).toEqual([]);
      await expectKept(store, record, [...streams, '{moving}own']);
    } finally {
      await store.close();
    }
  });

  it('come in the order of the calls where some are batches over several streams', async () => {
    const store = await open();
    try {
      const appends: Promise<unknown>[] = [];
      for (let number = 0; number < 100; number += 1) {
        const data = Buffer.from(String(number));
        appends.push(
          number % 3 === 0
            ? store.appendAll(STREAMS.map((stream) => ({ stream, data })))
            : store.append(STREAMS[number % 2] as string, [data]),
        );
      }
      await Promise.all(appends);
      for (const [index, stream] of STREAMS.entries()) {
        const wanted = Array.from({ length: 100 }, (_unused, number) => number).filter(
          (number) => number % 3 === 0 || (index < 2 && number % 2 === index),
        );
        expect((await dataOf(store, stream)).map(String)).toEqual(wanted.map(String));
      }
    } finally {
      await store.close();
    }
  });

  it('tell those who listen to the channel of the stream', async () => {
    const store = await open();
    const listener = new Redis((await redis.primaryOf('a')).url);
    try {
      let heard = 0;
      listener.on('smessage', (channel) => (heard += channel === 'a' ? 1 : 0));
      await listener.ssubscribe('a');
      for (const [index, batch] of KINDS.entries()) {
        await new AppendRecord(store).append('a', batch);
        await waitFor('a message', () => heard > index);
      }
      await store.appendAll(['a', 'b'].map((stream) => ({ stream, data: Buffer.from('x') })));
      await waitFor('a message of a batch over several streams', () => heard > KINDS.length);
      expect(heard).toBe(KINDS.length + 1);
    } finally {
      listener.disconnect();
      await store.close();
    }
  });

  it('are stored where the account may tell nobody', async () => {
    await redis.onPrimaries((node) =>
      node.call('ACL', 'SETUSER', 'mute', 'on', 'nopass', '~*', 'resetchannels', '+@all'),
    );
    const store = await redisStore({ ...redis.way, username: 'mute', password: 'any' }).create(SETTINGS);
    try {
      const record = new AppendRecord(store);
      for (const batch of KINDS) expect(await record.append('a', batch)).toBe(true);
      await expectKept(store, record, ['a']);
    } finally {
      await store.close();
    }
  });
});

describe('Appends on a cluster that loses a master', () => {
  it('go on in order on the replica that takes over', async () => {
    const redis = await startCluster({ replicas: 1 });
    const store = await redisStore({ ...redis.way, commandTimeout: 5000 }).create(SETTINGS);
    try {
      const record = new AppendRecord(store);
      const flood = async (more: number): Promise<void> => {
        const acks = record.acks;
        await record.flood(
          8,
          () => record.acks >= acks + more,
          () => ['a', KINDS[record.acks % KINDS.length]],
        );
      };
      await flood(500);
      await (await redis.primaryOf('a')).kill();
      await flood(500);
      // What Redis had acknowledged, and had not copied yet, is lost.
      record.expect('a', await dataOf(store, 'a'), false);
    } finally {
      await store.close();
      await redis.stop();
    }
  });
});

interface Move {
  keys(keys: readonly string[]): Promise<void>;
  end(): Promise<void>;
}

/** Begins to move the slot of a key. */
async function startMove(
  key: string,
  source: RedisServer,
  target: RedisServer,
  all: readonly RedisServer[],
): Promise<Move> {
  const slot = await askServer(source, (node) => node.cluster('KEYSLOT', key));
  const idOf = (server: RedisServer): Promise<string> => askServer(server, (node) => node.cluster('MYID'));
  const [from, to] = [await idOf(source), await idOf(target)];
  await askServer(target, (node) => node.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from));
  await askServer(source, (node) => node.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to));
  return {
    keys: (keys) =>
      askServer(source, async (node) => {
        await node.call('MIGRATE', '127.0.0.1', target.port, '', 0, 60_000, 'KEYS', ...keys);
      }),
    end: async () => {
      // What has come to be in the slot meanwhile goes along.
      const left = (await askServer(source, (node) => node.call('CLUSTER', 'GETKEYSINSLOT', slot, 100))) as string[];
      if (left.length > 0) {
        await askServer(source, (node) =>
          node.call('MIGRATE', '127.0.0.1', target.port, '', 0, 60_000, 'KEYS', ...left),
        );
      }
      for (const server of [target, source, ...all]) {
        await askServer(server, (node) => node.call('CLUSTER', 'SETSLOT', slot, 'NODE', to));
      }
    },
  };
}
