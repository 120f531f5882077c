import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, Module, type Type } from '@nestjs/common';
import {
  embeddedStore,
  OnEntry,
  StreamConsumer,
  type StoredEntry,
  type StreamStore,
  StreamStoreModule,
} from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { repairDirectory } from '@millrace/stream-store/repair';
import { storeContext } from '@millrace/stream-store/testing';
import { Redis } from 'ioredis';
import { HTTP_ADAPTERS, startApplication } from '../support/applications.js';
import { startRedis } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { rawBlocks, replaceRecord } from './support/stored-blocks.js';

const NO_RECORDS = ['{"num', '5', 'null', '[]', '"', '', '{}'];
const POSITION = '["g","s"]';
/** Where the group stands; it is made if it is not there. */
const lastOf = async (store: StreamStore): Promise<string | undefined> => {
  await store.groups.open('s', 'g');
  return (await store.groups.describe('s', 'g'))?.last;
};
const texts = (...values: string[]) => values.map((value) => Buffer.from(value));

describe('an embedded store with damaged records', () => {
  let directory: string;
  let reported: string[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-records-'));
    reported = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((text: string) => void reported.push(text));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(directory, { recursive: true });
  });

  const open = async (): Promise<StreamStore> =>
    embeddedStore({ directory }).create(storeContext({ retention: { maxLength: 10 } }));
  const prepared = async (work: (store: StreamStore) => Promise<unknown>): Promise<void> => {
    const store = await open();
    await work(store);
    await store.close();
  };
  const expectReport = (table: string): void => {
    expect(reported).toEqual([expect.stringContaining(`in the table "${table}" is damaged`)]);
    expect(reported[0]).toContain(join(directory, 'streams.mdb'));
    expect(reported[0]).toContain(`millrace repair ${directory}`);
  };

  it.each([...NO_RECORDS, '"x"', '"1-2-3"', '"-1-0"'])(
    'a position of an earlier release that is %j is reported, and its group begins with all that is kept',
    async (bytes) => {
      await prepared((store) => store.append('s', texts('a')));
      await replaceRecord(directory, 'positions', POSITION, bytes);
      const store = await open();
      expect(await lastOf(store)).toBe('0-0');
      expectReport('positions');
      await store.close();
    },
  );

  it('a group begins behind the position that an earlier release has kept, and anew once it was deleted', async () => {
    await prepared((store) => store.append('s', texts('a')));
    await replaceRecord(directory, 'positions', POSITION, '"5-0"');
    const store = await open();
    expect(await lastOf(store)).toBe('5-0');
    await store.groups.delete('s', 'g');
    expect(await lastOf(store)).toBe(await store.lastId('s'));
    await store.close();
  });

  it.each([...NO_RECORDS, '"x"', '{"ordered":true,"idle":1,"maxDeliveries":1,"last":"x"}'])(
    'a group that is %j is reported, and gets all that is kept once more',
    async (bytes) => {
      await prepared(async (store) => {
        await store.append('s', texts('a'));
        await store.groups.open('s', 'g');
      });
      await replaceRecord(directory, 'groups', POSITION, bytes);
      const store = await open();
      expectReport('groups');
      expect(await lastOf(store)).toBe('0-0');
      const { entries } = await store.groups.take({ stream: 's', group: 'g', consumer: 'a' }, { count: 9 });
      expect(entries).toHaveLength(1);
      await store.close();
    },
  );

  it('a repair keeps a damaged group, which gets all that is kept once more', async () => {
    await prepared(async (store) => {
      await store.append('s', texts('a'));
      await store.groups.open('s', 'g');
    });
    // Also in the commit before.
    for (const bytes of ['"5-', '"5']) await replaceRecord(directory, 'groups', POSITION, bytes);
    const { problems } = await repairDirectory(directory);
    expect(problems).toEqual([expect.stringContaining('of the table "groups" is damaged')]);
    const store = await open();
    expect([await lastOf(store), reported]).toEqual(['0-0', []]);
    await store.close();
  });

  it.each([...NO_RECORDS, '"x"'])(
    'a floor that is %j is reported, and stops neither the start nor the stream',
    async (bytes) => {
      await prepared(async (store) => {
        await store.append('s', texts('a'));
        await store.delete(['s']);
      });
      await replaceRecord(directory, 'floors', 's', bytes);
      const store = await open();
      expectReport('floors');
      const [first] = await store.append('s', texts('b'));
      const after = `${Date.now() - 60_000}-0`;
      expect((await store.readAfter('s', after, { count: 1 })).gap).toEqual({ stream: 's', after, first });
      await store.close();
      expect((await repairDirectory(directory, { check: true })).problems).toEqual([]);
    },
  );

  it.each(NO_RECORDS)('an owner that is %j is reported, and the stream goes on', async (bytes) => {
    await prepared((store) => store.append('s', texts('a'), { owner: 'anna' }));
    await replaceRecord(directory, 'owners', 's', bytes);
    const store = await open();
    expectReport('owners');
    expect(await store.append('s', texts('b'), { owner: 'anna' })).toHaveLength(1);
    await store.close();
  });

  it.each(NO_RECORDS.filter((bytes) => bytes !== '{}'))(
    'metadata that are %j are reported; new ones, or a stream that begins anew, have bounds again',
    async (bytes) => {
      await prepared(async (store) => {
        await store.append('s', texts('a'));
        await store.setMetadata('s', { max_len: 500 });
      });
      await replaceRecord(directory, 'metadata', 's', bytes);
      const store = await open();
      expectReport('metadata');
      expect(await store.metadata('s')).toBeUndefined();
      const many = (): Promise<unknown> =>
        store.append(
          's',
          Array.from({ length: 250 }, () => Buffer.from('x')),
        );
      await many();
      expect((await store.describe('s'))?.length).toBe(251);
      await store.delete(['s']);
      await many();
      await many();
      await waitFor('a trim', async () => ((await store.describe('s'))?.length ?? 0) < 250);
      await store.close();
      expect((await repairDirectory(directory, { check: true })).problems).toEqual([]);
    },
  );

  it.each([
    ...NO_RECORDS,
    '{"number":0}',
    '{"number":-1}',
    '{"number":4294967295}',
    '{"number":1e300}',
    '{"number":1,"last":"x"}',
    '{"number":1,"last":5}',
    '{"number":1,"added":-5}',
    '{"number":1,"sum":1}',
  ])('a stream whose record is %j is not served as an empty one, and can be deleted', async (bytes) => {
    await prepared(async (store) => {
      await store.append('s', texts('a'));
      await store.append('t', texts('b'));
    });
    await replaceRecord(directory, 'streams', 's', bytes);
    const store = await open();
    expectReport('streams');
    expect(await store.list()).toEqual(['t']);
    const refused = { code: 'UNAVAILABLE', message: expect.stringContaining(`millrace repair ${directory}`) };
    await expect(store.append('s', texts('c'))).rejects.toMatchObject(refused);
    await expect(store.readAfter('s', '0', { count: 1 })).rejects.toMatchObject(refused);
    await expect(store.readNewest('s', 1)).rejects.toMatchObject(refused);
    await expect(store.lastId('s')).rejects.toMatchObject(refused);
    await expect(store.describe('s')).rejects.toMatchObject(refused);
    await expect(store.openFollower(['t', 's'])).rejects.toMatchObject(refused);
    expect(store.followerLag()?.followers).toBe(0);
    await store.delete(['s']);
    const [id] = await store.append('s', texts('d'));
    expect((await store.readAfter('s', '0', { count: 5 })).entries.map((entry) => entry.id)).toEqual([id]);
    await store.close();
    const again = await open();
    await waitFor('the blocks that nobody knew of to go', async () => (await again.list()).length === 2);
    await again.close();
    expect(await rawBlocks(directory)).toHaveLength(2);
  });

  describe.each(HTTP_ADAPTERS)('on %s', (adapter) => {
    const start = (...providers: Type[]) => {
      @Module({
        imports: [StreamStoreModule.forRoot({ store: embeddedStore({ directory }), public: true })],
        providers,
      })
      class AppModule {}
      return startApplication([AppModule], { adapter });
    };

    it('a reader of a stream whose record is damaged is told so on every surface', async () => {
      await prepared((store) => store.append('s', texts('1')));
      await replaceRecord(directory, 'streams', 's', '{"num');
      const running = await start();
      for (const [path, accept] of [
        ['data/s?last_entry_id=0', '*/*'],
        ['data/s?last_entry_id=$&block=1000', '*/*'],
        ['data/s', 'text/event-stream'],
        ['mjpeg/s', '*/*'],
      ] as const) {
        const response = await fetch(`${running.url}/${path}`, { headers: { accept } });
        expect([path, response.status]).toEqual([path, 503]);
        expect(await response.json()).toEqual({ detail: expect.stringContaining('is damaged') });
      }
      const puller = await SocketClient.open(`${running.wsUrl}/data/s/pull?last_entry_id=0`);
      expect(await puller.closed).toMatchObject({ code: 1013, reason: expect.stringContaining('is damaged') });
      await running.close();
    });

    it('a consumer whose group is damaged gets all that is kept, and not only what comes', async () => {
      await prepared(async (store) => {
        await store.append('s', texts('1', '2'));
        await store.groups.open('s', 'g');
      });
      await replaceRecord(directory, 'groups', POSITION, '"17');
      const seen: string[] = [];
      @StreamConsumer('s', { group: 'g' })
      class Consumer {
        @OnEntry() take({ data }: StoredEntry): void {
          seen.push(data.toString());
        }
      }
      const running = await start(Consumer);
      await waitFor('the entries', () => seen.length === 2);
      expect(seen).toEqual(['1', '2']);
      expectReport('groups');
      await running.close();
    });
  });
});

it('a position of an earlier release in Redis that is no ID is reported, and its group begins with all that is kept', async () => {
  const reported: string[] = [];
  jest.spyOn(Logger.prototype, 'error').mockImplementation((text: string) => void reported.push(text));
  const redis = await startRedis();
  const other = new Redis(redis.url);
  const store = await redisStore({ ...redis.way }).create(storeContext());
  await store.append('s', texts('a'));
  await other.hset('millrace:positions:g', 's', 'garbage');
  expect(await lastOf(store)).toBe('0-0');
  expect(reported).toEqual([
    expect.stringMatching(/group "g" in the stream "s".*"garbage" and not an entry ID.*positions/),
  ]);
  await store.groups.delete('s', 'g');
  await other.hset('millrace:positions:g', 's', '5-0');
  expect(await lastOf(store)).toBe('5-0');
  await store.close();
  other.disconnect();
  await redis.stop();
  jest.restoreAllMocks();
});
