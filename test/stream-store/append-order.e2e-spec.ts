import { Logger } from '@nestjs/common';
import type { StreamStore } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { storeContext } from '@millrace/stream-store/testing';
import { Redis } from 'ioredis';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { waitFor } from '../support/waiting.js';
import { AppendRecord, type Batch, dataOf } from './support/append-record.js';

const TIMEOUT = 2000;
const SETTINGS = storeContext({ retention: { maxLength: 100_000_000 } });

/** Batches of all kinds that are sent in different ways, in turn. */
const KINDS: readonly Batch[] = [{}, { entries: 20 }, { entries: 3, size: 8192 }, {}, { entries: 2, size: 1024 }];

describe('Appends on one Redis', () => {
  let redis: RunningRedis;
  let control: Redis;
  let stores = 0;
  let store: StreamStore;
  let prefix: string;

  suiteRedis((started) => void ({ redis, client: control } = started));
  const open = (keyPrefix = prefix): Promise<StreamStore> =>
    Promise.resolve(redisStore({ ...redis.way, keyPrefix, commandTimeout: 60_000 }).create(SETTINGS));
  beforeEach(async () => {
    prefix = `${(stores += 1)}:`;
    store = await open();
  });
  afterEach(() => store.close());

  it('are stored in the order of the calls when Redis forgets its scripts under a flood', async () => {
    const record = new AppendRecord(store);
    const flood = record.flood(
      8,
      () => record.acks >= 4000,
      (caller) =>
        caller < 6
          ? [caller % 2 ? 'a' : 'b', KINDS[record.acks % KINDS.length]]
          : ['own', { own: true, entries: 1 + (record.acks % 3) }],
    );
    for (let acks = 0; acks < 4000; acks += 100) {
      await waitFor('acks', () => record.acks >= acks, { pause: 1 });
      await control.script('FLUSH', 'SYNC');
    }
    await flood;
    expect(record.failures).toEqual([]);
    for (const stream of ['a', 'b', 'own']) record.expect(stream, await dataOf(store, stream));
  });

  /** Deletes a stream as another program does, and says what was in it. */
  const removed = async (stream: string): Promise<Buffer[]> => {
    const [[, entries] = []] = (await control.multi().xrangeBuffer(stream, '-', '+').del(stream).exec()) ?? [];
    return (entries as [id: Buffer, fields: [name: Buffer, data: Buffer]][]).map(([, [, data]]) => data);
  };

  it('are stored in the order of the calls when another program deletes the stream again and again', async () => {
    const record = new AppendRecord(store);
    const flood = record.flood(
      8,
      () => record.acks >= 4000,
      () => ['s', KINDS[record.acks % KINDS.length]],
    );
    const all: Buffer[] = [];
    while (record.acks < 4000) all.push(...(await removed(`${prefix}s`)));
    await flood;
    all.push(...(await removed(`${prefix}s`)));
    expect(record.failures).toEqual([]);
    record.expect('s', all);
  });

  it('keep their order beside those of another process that begins the deleted stream anew, and tells Redis its scripts', async () => {
    const other = await open();
    const records = [store, other].map((each, writer) => new AppendRecord(each, writer));
    const acks = (): number => records.reduce((sum, record) => sum + record.acks, 0);
    const floods = records.map((record) =>
      record.flood(
        10,
        () => acks() >= 6000,
        // Large ones of two streams: Redis turns to the other process between them.
        (caller) => ['s', caller < 8 ? { size: 16 * 1024, beside: 't' } : KINDS[record.acks % KINDS.length]],
      ),
    );
    const all: Buffer[] = [];
    while (acks() < 6000) {
      all.push(...(await removed(`${prefix}s`)));
      // Who comes next teaches it its scripts again.
      await control.script('FLUSH', 'SYNC');
    }
    await Promise.all(floods);
    all.push(...(await removed(`${prefix}s`)));
    for (const record of records) record.expect('s', all);
    await other.close();
  });

  it('of a batch that Redis refuses fail by its reason, whole', async () => {
    await store.append('s', [Buffer.from('first')]);
    const large = Array.from({ length: 4 }, () => Buffer.alloc(64 * 1024, 'x'));
    await control.call('ACL', 'SETUSER', 'default', '-xadd');
    try {
      await expect(store.append('s', large)).rejects.toMatchObject({
        name: 'StoreUnavailableError',
        cause: { message: expect.stringContaining('NOPERM') },
      });
    } finally {
      await control.call('ACL', 'SETUSER', 'default', '+xadd');
    }
    await control.config('SET', 'maxmemory', 1);
    try {
      await expect(store.append('s', large)).rejects.toMatchObject({ name: 'StoreFullError' });
    } finally {
      await control.config('SET', 'maxmemory', 0);
    }
    await control.replicaof('127.0.0.1', 1);
    try {
      await expect(store.append('s', large)).rejects.toMatchObject({
        name: 'StoreUnavailableError',
        cause: { message: expect.stringContaining('READONLY') },
      });
    } finally {
      await control.replicaof('NO', 'ONE');
    }
    expect(await store.append('s', large)).toHaveLength(4);
    expect(await dataOf(store, 's')).toHaveLength(5);
  });
});

describe('Appends on a Redis that stands still', () => {
  let redis: RunningRedis;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.stop());

  it.each<[string, number, Batch]>([
    ['single ones', 20_000, { size: 200 }],
    ['small batches', 200, { entries: 100, size: 200 }],
    ['large batches', 20, { entries: 4, size: 64 * 1024 }],
  ])('are not stored behind later ones when they have failed and it goes on: %s', async (_what, appends, batch) => {
    const store = await redisStore({ ...redis.way, commandTimeout: TIMEOUT }).create(SETTINGS);
    try {
      const record = new AppendRecord(store);
      for (let number = 0; number < 10; number += 1) await record.append('s', batch);
      expect(record.acks).toBe(10);
      redis.signal('SIGSTOP');
      const failing = Array.from({ length: appends }, () => record.append('s', batch));
      expect(await Promise.all(failing)).not.toContain(true);
      redis.signal('SIGCONT');
      await record.flood(
        8,
        () => record.acks >= 1000,
        () => ['s'],
      );
      record.expect('s', await dataOf(store, 's'));
    } finally {
      redis.signal('SIGCONT');
      await store.close();
    }
  });

  it('are not stored behind later ones when they have failed and what was sent comes late', async () => {
    const control = new Redis(redis.url);
    const proxy = await CuttingProxy.start(redis.port);
    const store = await redisStore({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeout: 60_000 }).create(SETTINGS);
    try {
      const record = new AppendRecord(store);
      const append = (number: number): Promise<boolean> => record.append('s', KINDS[number % KINDS.length]);
      for (let number = 0; number < 10; number += 1) await append(number);
      expect(record.acks).toBe(10);
      const clients = async (): Promise<number> => ((await control.client('LIST')) as string).trim().split('\n').length;
      const before = await clients();
      const held = proxy.hold();
      const failing = Array.from({ length: 10 }, (_unused, number) => append(number));
      await waitFor('what is on its way', () => held.bytes > 0);
      held.cut();
      expect(await Promise.all(failing)).not.toContain(true);
      await record.flood(
        4,
        () => record.acks >= 100,
        () => ['s'],
      );
      held.deliver();
      await waitFor('the old connections to end', async () => (await clients()) <= before);
      await record.flood(
        4,
        () => record.acks >= 200,
        () => ['s'],
      );
      record.expect('s', await dataOf(store, 's'));
    } finally {
      await store.close();
      await proxy.close();
      control.disconnect();
    }
  });

  it('go on, with one warning, where the account may not end its own connections', async () => {
    const control = new Redis(redis.url);
    await control.call('ACL', 'SETUSER', 'default', '-client|kill');
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const store = await redisStore({ ...redis.way }).create(SETTINGS);
    try {
      await store.append('s', [Buffer.from('first')]);
      for (let round = 0; round < 2; round += 1) {
        await endConnections(control);
        await waitFor('appends again', () => store.append('s', [Buffer.from('later')]).catch(() => undefined));
      }
      const warnings = warn.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('+client|kill'));
      expect(warnings).toHaveLength(1);
    } finally {
      warn.mockRestore();
      await store.close();
      control.disconnect();
    }
  });
});

/** Ends every connection but that of the control, which alone has the right. */
async function endConnections(control: Redis): Promise<void> {
  await control.call('ACL', 'SETUSER', 'default', '+client|kill');
  await control.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await control.call('ACL', 'SETUSER', 'default', '-client|kill');
}
