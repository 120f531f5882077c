import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CanActivate, Injectable, Module, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { redisStore } from '@millrace/stream-store/redis';
import { Redis } from 'ioredis';
import {
  embeddedStore,
  memoryStore,
  OnEntry,
  OnGap,
  StreamConsumer,
  type StoredEntry,
  type StreamGap,
  StreamStore,
  StreamStoreModule,
  type StreamStoreOptions,
} from '@millrace/stream-store';
import {
  HTTP_ADAPTERS,
  type HttpAdapterName,
  type RunningApplication,
  startApplication,
} from '../support/applications.js';
import { startRedis } from '../support/redis.js';
import { waitFor } from '../support/waiting.js';

function start(consumer: Type, options: StreamStoreOptions, adapter: HttpAdapterName): Promise<RunningApplication> {
  @Injectable()
  class NobodyEnters implements CanActivate {
    canActivate(): boolean {
      return false;
    }
  }
  @Module({
    imports: [StreamStoreModule.forRoot(options)],
    providers: [consumer, { provide: APP_GUARD, useClass: NobodyEnters }],
  })
  class AppModule {}
  return startApplication([AppModule], { adapter });
}

const bytes = (...texts: string[]) => texts.map((text) => Buffer.from(text));

describe.each(HTTP_ADAPTERS)('stream consumers on %s', (adapter) => {
  it('are given every entry in order, also behind a global guard that lets nobody in', async () => {
    const seen: string[] = [];
    @StreamConsumer(['a', 'b'], { group: 'g', after: '0' })
    class Consumer {
      @OnEntry() take({ stream, data }: StoredEntry): void {
        seen.push(`${stream}${data.toString()}`);
      }
    }
    const running = await start(Consumer, { store: memoryStore() }, adapter);
    const store = running.app.get(StreamStore);
    await store.append('a', bytes('1', '2'));
    await store.append('a', bytes('3'));
    await store.append('b', bytes('1'));
    await waitFor('all entries', () => seen.length === 4);
    expect(seen.filter((text) => text.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    await running.close();
  });

  it('go on where they stood after a restart: each entry at least once, dealt with ones not again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-consumer-'));
    const seen: string[] = [];
    @StreamConsumer('s', { group: 'g' })
    class Consumer {
      @OnEntry() take({ data }: StoredEntry): void {
        seen.push(data.toString());
      }
    }
    const first = await start(Consumer, { store: embeddedStore({ directory }) }, adapter);
    const store = first.app.get(StreamStore);
    await waitFor('the group to begin', () => store.groups.describe('s', 'g'));
    await store.append('s', bytes('1', '2'));
    await waitFor('two entries', () => seen.length === 2);
    await first.close();

    const writer = await embeddedStore({ directory }).create({
      retention: { maxLength: 1000 },
      limits: { maxStreams: 10, maxNameBytes: 100 },
    } as Parameters<ReturnType<typeof embeddedStore>['create']>[0]);
    await writer.append('s', bytes('3', '4'));
    await writer.close();

    const second = await start(Consumer, { store: embeddedStore({ directory }) }, adapter);
    await waitFor('what came meanwhile', () => seen.length === 4);
    expect(seen).toEqual(['1', '2', '3', '4']);
    await second.close();
    await rm(directory, { recursive: true });
  });

  it('miss nothing that comes while their beginning cannot be kept yet', async () => {
    const redis = await startRedis();
    const control = new Redis(redis.url);
    const attempts = async (): Promise<number> => {
      const log = (await control.call('ACL', 'LOG')) as unknown[][];
      return log.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const seen: string[] = [];
    @StreamConsumer('s', { group: 'g' })
    class Consumer {
      @OnEntry() take({ data }: StoredEntry): void {
        seen.push(data.toString());
      }
    }
    // Everything but the groups of the stream can be written; a start looks at those of another one.
    const writable = ['~[^m]*', '~millrace:[^g]*', '~millrace:group:{a}:*'];
    await control.call('ACL', 'SETUSER', 'default', 'resetkeys', '%R~*', ...writable);
    const running = await start(Consumer, { store: redisStore({ ...redis.way }) }, adapter);
    try {
      const store = running.app.get(StreamStore);
      await waitFor('a try', async () => (await attempts()) > 0);
      await store.append('s', bytes('1'));
      const before = await attempts();
      await waitFor('two more tries', async () => (await attempts()) >= before + 2);
      await store.append('s', bytes('2'));
      await control.call('ACL', 'SETUSER', 'default', 'allkeys');
      await waitFor('both', () => seen.length === 2);
      expect(seen).toEqual(['1', '2']);
    } finally {
      await running.close();
      control.disconnect();
      await redis.stop();
    }
  });

  it('are called again when they throw, while the next entry waits', async () => {
    const seen: string[] = [];
    @StreamConsumer('s', { group: 'g', after: '0' })
    class Consumer {
      @OnEntry() async take({ data }: StoredEntry): Promise<void> {
        seen.push(data.toString());
        if (seen.length < 3) throw new Error('not yet');
      }
    }
    const running = await start(Consumer, { store: memoryStore() }, adapter);
    await running.app.get(StreamStore).append('s', bytes('1', '2'));
    await waitFor('the second entry', () => seen.includes('2'));
    expect(seen).toEqual(['1', '1', '1', '2']);
    await running.close();
  });

  it('set an entry aside when its attempts are used up', async () => {
    const seen: string[] = [];
    @StreamConsumer('s', { group: 'g', after: '0', attempts: 2 })
    class Consumer {
      @OnEntry() take({ data }: StoredEntry): void {
        seen.push(data.toString());
        if (data.toString() === 'bad') throw new Error('never');
      }
    }
    const running = await start(Consumer, { store: memoryStore() }, adapter);
    await running.app.get(StreamStore).append('s', bytes('bad', 'good'));
    await waitFor('the good entry', () => seen.includes('good'));
    expect(seen).toEqual(['bad', 'bad', 'good']);
    const store = running.app.get(StreamStore);
    const list = await store.groups.listSetAside('s', 'g', { count: 9 });
    expect(list).toMatchObject([{ deliveries: 1, reason: expect.stringContaining('attempts') }]);
    await running.close();
  });

  it('are told of a gap when retention has overtaken their group, again where that fails, and lose nothing behind it', async () => {
    const gaps: StreamGap[] = [];
    const seen: StoredEntry[] = [];
    const directory = await mkdtemp(join(tmpdir(), 'millrace-consumer-'));
    const options = { store: embeddedStore({ directory }), retention: { maxLength: 5 } };
    @StreamConsumer('s', { group: 'g', after: '1-0' })
    class Consumer {
      @OnEntry() take(entry: StoredEntry): void {
        seen.push(entry);
      }
      @OnGap() gap(gap: StreamGap): void {
        gaps.push(gap);
        if (gaps.length === 1) throw new Error('not yet');
      }
    }
    @Injectable()
    class Nothing {}
    const first = await start(Nothing, options, adapter);
    const store = first.app.get(StreamStore);
    for (let index = 0; index < 50; index += 1) await store.append('s', bytes(String(index)));
    await waitFor('a trim', async () => ((await store.describe('s'))?.length ?? 50) < 50);
    await first.close();
    const second = await start(Consumer, options, adapter);
    await waitFor('the last entry', () => seen.at(-1)?.data.toString() === '49');
    const gap = { stream: 's', after: '1-0', first: seen[0]?.id };
    expect(gaps).toEqual([gap, gap]);
    await second.close();
    await rm(directory, { recursive: true });
  });

  it('are told once of a stream that was deleted while they were away, and get what it begins anew with', async () => {
    const gaps: StreamGap[] = [];
    const seen: string[] = [];
    const directory = await mkdtemp(join(tmpdir(), 'millrace-consumer-'));
    const options = { store: embeddedStore({ directory }) };
    @StreamConsumer('s', { group: 'g', after: '0' })
    class Consumer {
      @OnEntry() take({ data }: StoredEntry): void {
        seen.push(data.toString());
      }
      @OnGap() gap(gap: StreamGap): void {
        gaps.push(gap);
      }
    }
    @Injectable()
    class Nothing {}
    const ahead = '9999999999999-0';
    const first = await start(Nothing, options, adapter);
    await first.app.get(StreamStore).groups.open('s', 'g', { after: ahead });
    await first.close();

    const second = await start(Consumer, options, adapter);
    const store = second.app.get(StreamStore);
    await waitFor('the gap', () => gaps.length === 1);
    await waitFor('the place', async () => (await store.groups.describe('s', 'g'))?.last === '0-0');
    await second.close();

    const third = await start(Consumer, options, adapter);
    const [last] = await third.app.get(StreamStore).append('s', bytes('1', '2'));
    await waitFor('what it begins with', () => seen.length === 2);
    await third.app.get(StreamStore).delete(['s']);
    await third.app.get(StreamStore).append('s', bytes('3'));
    await waitFor('what it begins anew with', () => seen.length === 3);
    await third.close();
    expect(seen).toEqual(['1', '2', '3']);
    expect(gaps[0]).toEqual({ stream: 's', after: ahead });
    expect(gaps).toHaveLength(2);
    expect(last).toBeDefined();
    await rm(directory, { recursive: true });
  });

  it('that have no method for entries stop the start with their name', async () => {
    @StreamConsumer('s', { group: 'g' })
    class Forgetful {}
    await expect(start(Forgetful, { store: memoryStore() }, adapter)).rejects.toThrow(/Forgetful.*@OnEntry/);
  });
});
