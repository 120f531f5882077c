import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StreamStore } from '../store/stream-store.js';
import { STREAM_STORE_OPTIONS_SCHEMA } from '../stream-store.module-definition.js';
import { embeddedStore } from './embedded/embedded.driver.js';
import { memoryStore } from './memory/memory.store.js';

const { retention, limits } = STREAM_STORE_OPTIONS_SCHEMA.parse({});

describe.each(['memory', 'embedded'])('quick check of the %s store', (name) => {
  let store: StreamStore;
  let directory: string;
  const open = async (): Promise<StreamStore> =>
    (name === 'memory' ? memoryStore() : embeddedStore({ directory })).create({ retention, limits });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'store-'));
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  const texts = (entries: readonly { data: Buffer }[]): string[] => entries.map(({ data }) => data.toString());

  it('appends, reads, follows, deletes', async () => {
    const ids = await store.append(
      'a',
      ['1', '2', '3'].map((text) => Buffer.from(text)),
    );
    expect(ids).toHaveLength(3);
    expect(texts((await store.readAfter('a', '0-0', { count: 10 })).entries)).toEqual(['1', '2', '3']);
    expect(texts((await store.readAfter('a', ids[0] ?? '', { count: 1 })).entries)).toEqual(['2']);
    expect(texts(await store.readNewest('a', 2))).toEqual(['2', '3']);
    expect(await store.lastId('a')).toBe(ids[2]);
    const follower = await store.openFollower(['a', 'b'], { after: ['0', '$'] });
    expect(texts((await follower.take({ count: 2 })).entries)).toEqual(['1', '2']);
    await store.append('b', [Buffer.from('b1')]);
    await store.append('a', [Buffer.from('4')]);
    expect(texts((await follower.take({ count: 2 })).entries)).toEqual(['3', '4', 'b1']);
    expect((await follower.take()).entries).toEqual([]);
    const news = new Promise<void>((resolve) => follower.onNews(resolve));
    await store.appendAll([{ stream: 'b', data: Buffer.from('b2'), id: `${Date.now() + 1000}-*` }]);
    await news;
    expect(texts((await follower.take()).entries)).toEqual(['b2']);
    follower.close();
    await expect(
      store.appendAll([
        { stream: 'a', data: Buffer.from('x') },
        { stream: 'b', data: Buffer.from('y'), id: '5' },
      ]),
    ).rejects.toThrow('not above');
    expect(await store.describe('a')).toMatchObject({ length: 4, entriesAdded: 4 });
    expect(await store.list()).toEqual(['a', 'b']);
    expect(await store.delete(['a', 'zz'])).toEqual([
      { stream: 'a', metadata: false, entries: 4, existed: true },
      { stream: 'zz', metadata: false, entries: 0, existed: false },
    ]);
    expect(await store.list()).toEqual(['b']);
  });

  it('keeps about max_len, tells a gap, and keeps its state', async () => {
    await store.setMetadata('a', { max_len: 50 });
    const first = await store.append('a', [Buffer.from('first')]);
    for (let index = 0; index < 400; index += 1) await store.append('a', [Buffer.from(String(index))]);
    const { length = 0 } = (await store.describe('a')) ?? {};
    expect(length).toBeGreaterThanOrEqual(50);
    expect(length).toBeLessThanOrEqual(56);
    const { entries, gap } = await store.readAfter('a', first[0] ?? '', { count: 1000 });
    expect(gap).toMatchObject({ stream: 'a', after: first[0], first: entries[0]?.id });
    if (name === 'embedded') {
      const before = await store.describe('a');
      await store.close();
      store = await open();
      expect(await store.describe('a')).toEqual(before);
    }
  });
});
