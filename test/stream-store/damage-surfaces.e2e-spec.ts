import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@millrace/client';
import {
  embeddedStore,
  OnEntry,
  OnGap,
  StreamConsumer,
  type StoredEntry,
  type StreamGap,
  StreamStoreModule,
} from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';
import { Logger, Module, type Type } from '@nestjs/common';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { type RawBlock, rawBlocks, replaceBlock } from './support/stored-blocks.js';

const json = (...values: number[]) => values.map((value) => Buffer.from(String(value)));

describe.each(HTTP_ADAPTERS)('stream-store#60: a damaged block in the midst of a stream, on %s', (adapter) => {
  let directory: string;
  let first: string;
  let third: string;
  let gap: StreamGap;

  beforeEach(async () => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    directory = await mkdtemp(join(tmpdir(), 'millrace-damage-'));
    const store = await embeddedStore({ directory }).create(storeContext());
    [first = ''] = await store.append('s', json(1));
    await store.append('s', json(2));
    [third = ''] = await store.append('s', json(3));
    await store.close();
    const block = (await rawBlocks(directory))[1] as RawBlock;
    await replaceBlock(directory, block.key, { key: block.key, value: block.value.fill(7, 60) });
    gap = { stream: 's', after: first, first: third };
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(directory, { recursive: true });
  });

  const start = (...providers: Type[]): Promise<RunningApplication> => {
    @Module({ imports: [StreamStoreModule.forRoot({ store: embeddedStore({ directory }), public: true })], providers })
    class AppModule {}
    return startApplication([AppModule], { adapter });
  };

  it('is a gap for a consumer', async () => {
    const seen: (string | StreamGap)[] = [];
    @StreamConsumer('s', { group: 'g', after: '0' })
    class Consumer {
      @OnEntry() take({ data }: StoredEntry): void {
        seen.push(data.toString());
      }
      @OnGap() miss(told: StreamGap): void {
        seen.push(told);
      }
    }
    const running = await start(Consumer);
    await waitFor('the consumer', () => seen.length === 3);
    expect(seen).toEqual(['1', gap, '3']);
    await running.close();
  });

  it('is a gap for a pull socket, and for the client', async () => {
    const running = await start();
    const puller = await SocketClient.open(`${running.wsUrl}/data/s/pull?last_entry_id=0&gaps=true`);
    expect(JSON.parse(await puller.nextText())).toEqual([['s', first, 0]]);
    expect((await puller.next()).data.toString()).toBe('1');
    expect(JSON.parse(await puller.nextText())).toEqual({ gap });
    expect(JSON.parse(await puller.nextText())).toEqual([['s', third, 0]]);
    await puller.close();

    const millrace = await connect({ endpoint: running.url });
    const told: unknown[] = [];
    for await (const entry of millrace.streams.pull('s', { after: '0', onGap: (missing) => void told.push(missing) })) {
      told.push(Buffer.from(entry.data).toString());
      if (entry.id === third) break;
    }
    expect(told).toEqual(['1', expect.objectContaining(gap), '3']);
    await millrace.close();
    await running.close();
  });

  it('is a gap for a read, whose entries end before it and begin behind it', async () => {
    const running = await start();
    const before = await fetch(`${running.url}/data/s?last_entry_id=0&count=10`);
    expect([before.headers.has('entry-gap'), await before.text()]).toEqual([false, '1']);
    const behind = await fetch(`${running.url}/data/s?last_entry_id=${first}&count=10`);
    expect([behind.headers.get('entry-gap'), await behind.text()]).toEqual(['["s"]', '3']);
    await running.close();
  });

  it('is a gap between events', async () => {
    const running = await start();
    const ending = new AbortController();
    const events = await fetch(`${running.url}/data/s?last_entry_id=0`, {
      headers: { accept: 'text/event-stream' },
      signal: ending.signal,
    });
    let text = '';
    const reading = (async () => {
      for await (const chunk of events.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    })().catch(() => undefined);
    await waitFor('the last event', () => text.includes('"data":3'));
    expect(text).toMatch(/"data":1.*event: gap\ndata: (.*)\n\n.*"data":3/s);
    expect(text).toContain(JSON.stringify(gap));
    ending.abort();
    await reading;
    await running.close();
  });
});
