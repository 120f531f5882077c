import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { embeddedStore, type StoredEntry, type StreamGap, type StreamStore, ZERO_ID } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';
import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';
import { type RawBlock, rawBlocks, replaceBlock, replaceRecord } from './support/stored-blocks.js';

const LARGE = 20_000;

jest.setTimeout(600_000);

describe('an embedded store with damaged data', () => {
  let directory: string;
  let reported: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-damage-'));
    reported = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((text: string) => void reported.push(text));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(directory, { recursive: true });
  });

  const opened = async (retention = {}): Promise<StreamStore> =>
    embeddedStore({ directory }).create(storeContext({ retention: { maxLength: 1000, ...retention } }));

  /** Appends blocks of three entries, every third a large one by itself, and closes the store. */
  const fill = async (blocks: number): Promise<string[][]> => {
    const store = await opened();
    const ids: string[][] = [];
    for (let block = 0; block < blocks; block += 1) {
      const data = block % 3 === 2 ? [dataOf(block, 0, LARGE)] : [0, 1, 2].map((index) => dataOf(block, index));
      ids.push(await store.append('s', data));
    }
    await store.close();
    return ids;
  };
  /** @returns false when nothing was done, because it would have taken the place of another block */
  const damage = async (index: number, change: (block: RawBlock) => RawBlock | undefined): Promise<boolean> => {
    const blocks = await rawBlocks(directory);
    const { key, value } = blocks[index] as RawBlock;
    const changed = change({ key: Buffer.from(key), value });
    if (changed && blocks.some((other, place) => place !== index && other.key.equals(changed.key))) return false;
    await replaceBlock(directory, key, changed);
    return true;
  };

  it('serves nothing of what was changed, tells a gap in its place, and goes on behind it, whichever bits flip', async () => {
    const random = seeded(7);
    const ids = await fill(6);
    const whole = await readFile(join(directory, 'streams.mdb'));
    for (let round = 0; round < scaled(400, 40); round += 1) {
      await rm(directory, { recursive: true });
      await mkdir(directory);
      await writeFile(join(directory, 'streams.mdb'), whole);
      const hit = random(6);
      const isKey = random(4) === 0;
      const isDone = await damage(hit, ({ key, value }) => {
        const target = isKey ? key : value;
        const length = random(3) === 0 ? Math.min(40, target.length) : target.length;
        for (let flips = 1 + random(8); flips > 0; flips -= 1) {
          const at = random(length);
          target[at] = (target[at] as number) ^ (1 << random(8));
        }
        return { key, value };
      });
      if (!isDone) continue;
      const store = await opened();
      const { entries, gaps } = await readAll(store, ZERO_ID);
      for (const { id, data } of entries) expect(data.equals(contentOf(ids, id))).toBe(true);
      const kept = entries.map(({ id }) => id);
      expect(kept).toEqual(
        ids.flatMap((block, index) => (index === hit && !kept.includes(block[0] ?? '') ? [] : block)),
      );
      // Nothing tells of a block at an end of the stream when its key says that it lies elsewhere.
      if (kept.length < ids.flat().length && !(isKey && (hit === 0 || hit === 5))) {
        const after = ids[hit - 1]?.at(-1) ?? ZERO_ID;
        expect(gaps[0]).toEqual({ stream: 's', after, first: ids[hit + 1]?.[0] });
        expect(await readAll(store, ids[0]?.[0] ?? '')).toMatchObject({
          entries: entries.filter(({ id }) => id !== ids[0]?.[0]),
        });
      }
      const [next = ''] = await store.append('s', [Buffer.from('next')]);
      expect((await readAll(store, ids[4]?.[0] ?? '')).entries.at(-1)?.id).toBe(next);
      expect(followedFrom(ids, next)).toBe(true);
      await store.close();
    }
  });

  it.each([
    ['its length', (value: Buffer) => value.subarray(0, value.length - 3)],
    ['all of it', (value: Buffer) => Buffer.alloc(value.length)],
    ['nothing left', () => Buffer.alloc(0)],
    ['a count beyond its end', (value: Buffer) => (value.writeUInt32LE(0xffffffff, 0), value)],
    ['the count and the checksum', (value: Buffer) => value.fill(0, 0, 8)],
    [
      'an old block whose end lies behind its data',
      (value: Buffer) => (value.writeUInt32LE(0, 4), value.writeUInt32LE(99999, 56), value),
    ],
    [
      'an old block whose IDs do not rise',
      (value: Buffer) => (value.writeUInt32LE(0, 4), value.writeBigUInt64LE(1n, 60), value),
    ],
  ])('a block that is damaged in %s is a gap; it is reported once', async (_what, change) => {
    const ids = await fill(5);
    await damage(1, ({ key, value }) => ({ key, value: change(value) }));
    const store = await opened();
    for (let round = 0; round < 2; round += 1) {
      const { entries, gaps } = await readAll(store, ZERO_ID);
      expect(entries.map(({ id }) => id)).toEqual(ids.flatMap((block, index) => (index === 1 ? [] : block)));
      expect(gaps).toEqual([{ stream: 's', after: ids[0]?.at(-1), first: ids[2]?.[0] }]);
    }
    expect(reported).toEqual([expect.stringContaining(ids[1]?.[0] as string)]);
    expect(reported[0]).toContain(join(directory, 'streams.mdb'));
    expect(reported[0]).toContain(`millrace repair ${directory}`);
    expect(store.damagedBlocks()).toBe(1);
    await store.close();
  });

  it('a reader that had read a block before it was damaged is told of no gap', async () => {
    const ids = await fill(4);
    await damage(1, ({ key, value }) => ({ key, value: value.fill(1, 50) }));
    const store = await opened();
    const read = await store.readAfter('s', ids[1]?.at(-1) as string, { count: 10 });
    expect(read.gap).toBeUndefined();
    expect(read.entries[0]?.id).toBe(ids[2]?.[0]);
    await store.close();
  });

  it('a block whose key was changed to lie behind another hides nothing of that', async () => {
    const store = await opened();
    const ids = [
      await store.append(
        's',
        [0, 1, 2].map((index) => dataOf(0, index)),
      ),
    ];
    ids.push(await store.append('s', [dataOf(2, 0, LARGE)]));
    await store.close();
    const second = Buffer.from((await rawBlocks(directory))[0]?.key as Buffer);
    second.writeBigUInt64BE(second.readBigUInt64BE(12) + 1n, 12);
    await damage(1, ({ key, value }) => (second.copy(key), { key, value }));
    const again = await opened();
    const { entries } = await again.readAfter('s', ids[0]?.[1] as string, { count: 10 });
    expect(entries.map(({ id }) => id)).toEqual([ids[0]?.[2]]);
    await again.close();
  });

  it('a follower gets what lies before the damage, the gap, and what lies behind it', async () => {
    const ids = await fill(5);
    await damage(3, ({ key, value }) => ({ key, value: value.fill(1, 50) }));
    const store = await opened();
    const follower = await store.openFollower(['s'], { after: ids[0]?.at(-1) as string });
    const batches = [];
    for (let round = 0; round < 3; round += 1) batches.push(await follower.take());
    expect(batches.flatMap(({ entries }) => entries.map(({ id }) => id))).toEqual([ids[1], ids[2], ids[4]].flat());
    expect(batches.flatMap(({ gaps }) => gaps)).toEqual([{ stream: 's', after: ids[2]?.at(-1), first: ids[4]?.[0] }]);
    follower.close();
    await store.close();
  });

  it('the newest entries are those behind the damage', async () => {
    const ids = await fill(5);
    await damage(3, ({ key, value }) => ({ key, value: value.fill(1, 50) }));
    const store = await opened();
    expect((await store.readNewest('s', 10)).map(({ id }) => id)).toEqual(ids[4]);
    await store.close();
  });

  it('a damaged end of a stream is a gap at once, and new entries come above what it held', async () => {
    const ids = await fill(5);
    await damage(4, ({ key, value }) => ({ key, value: value.fill(1, 150) }));
    const store = await opened();
    const cursor = ids[3]?.at(-1) as string;
    expect(await store.readAfter('s', cursor, { count: 10 })).toEqual({
      entries: [],
      gap: { stream: 's', after: cursor },
      cursor: ids[4]?.at(-1),
    });
    const follower = await store.openFollower(['s'], { after: cursor });
    expect(await follower.take()).toMatchObject({ entries: [], gaps: [{ stream: 's', after: cursor }] });
    expect(await follower.take()).toMatchObject({ entries: [], gaps: [] });
    const last = ids[4]?.at(-1) as string;
    expect(await store.lastId('s')).toBe(last);
    const [next] = await store.append('s', [Buffer.from('next')]);
    expect((await store.readAfter('s', last, { count: 10 })).gap).toBeUndefined();
    expect((await store.readAfter('s', cursor, { count: 10 })).gap).toEqual({
      stream: 's',
      after: cursor,
      first: next,
    });
    await waitFor('the new entry', async () => (await follower.take()).entries.some(({ id }) => id === next));
    follower.close();
    await store.close();
  });

  it('retention goes on over a damaged first block, and removes it', async () => {
    await fill(5);
    await damage(0, ({ key, value }) => ({ key, value: value.fill(1, 50) }));
    await damage(2, ({ key, value }) => ({ key, value: value.fill(1, 50) }));
    const store = await opened({ maxLength: 5 });
    for (let count = 0; count < 4; count += 1)
      await store.append('s', [dataOf(9, count), dataOf(9, count), dataOf(9, count)]);
    // Two blocks of three: one less would be too few.
    await waitFor('the last trim', async () => (await store.describe('s'))?.length === 6);
    await store.close();
    expect(await rawBlocks(directory)).toHaveLength(2);
  });

  it('a block under the key of another stream is not served there', async () => {
    const store = await opened();
    await store.append('a', [dataOf(0, 0)]);
    await store.append('b', [dataOf(1, 0, LARGE)]);
    await store.close();
    const [a, b] = (await rawBlocks(directory)) as [RawBlock, RawBlock];
    const moved = Buffer.from(a.key);
    moved.writeUInt32BE(b.key.readUInt32BE(0), 0);
    await replaceBlock(directory, a.key, { key: moved, value: a.value });
    const again = await opened();
    expect((await readAll(again, ZERO_ID, 'b')).entries).toHaveLength(1);
    await again.close();
  });

  it.each([
    ['text that is not whole', '{"num'],
    ['the number of another stream', '{"number":2,"sum":1}'],
  ])(
    'a stream whose record is %s stops neither the start nor the others, and its blocks are kept',
    async (_what, record) => {
      const store = await opened();
      await store.append('a', [dataOf(0, 0)]);
      await store.append('b', [dataOf(1, 0)]);
      await store.close();
      await replaceRecord(directory, 'streams', 'a', record);
      const again = await opened();
      expect(await again.list()).toEqual(['b']);
      expect(reported).toEqual([expect.stringContaining('"a"')]);
      await expect(again.append('a', [dataOf(0, 0)])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await again.append('b', [dataOf(1, 1)]);
      await again.close();
      expect(await rawBlocks(directory)).toHaveLength(3);
    },
  );

  it('while metadata are damaged nothing is removed by other bounds', async () => {
    const store = await opened();
    await store.setMetadata('s', { max_len: 500 });
    for (let count = 0; count < 50; count += 1)
      await store.append(
        's',
        [0, 1, 2, 3].map((index) => dataOf(count, index)),
      );
    await store.close();
    await replaceRecord(directory, 'metadata', 's', '{"max_len":5');
    const again = await opened({ maxLength: 10 });
    await again.append('s', [dataOf(0, 0)]);
    expect((await again.describe('s'))?.length).toBe(201);
    expect(reported).toEqual([expect.stringContaining('"s"')]);
    await again.setMetadata('s', { max_len: 10 });
    await waitFor('a trim', async () => ((await again.describe('s'))?.length ?? 0) < 20);
    await again.close();
  });
});

function dataOf(block: number, index: number, length = 100): Buffer {
  return Buffer.alloc(length, `${block}:${index}|`);
}

function contentOf(ids: readonly string[][], id: string): Buffer {
  const block = ids.findIndex((found) => found.includes(id));
  return block % 3 === 2 ? dataOf(block, 0, LARGE) : dataOf(block, ids[block]?.indexOf(id) ?? -1);
}

/** Whether an ID lies above all others. */
function followedFrom(ids: readonly string[][], next: string): boolean {
  const numbers = (id: string): [number, number] => id.split('-').map(Number) as [number, number];
  const [ms, seq] = numbers(next);
  return ids.flat().every((id) => numbers(id)[0] < ms || (numbers(id)[0] === ms && numbers(id)[1] < seq));
}

async function readAll(
  store: StreamStore,
  from: string,
  stream = 's',
): Promise<{ entries: StoredEntry[]; gaps: StreamGap[] }> {
  const entries: StoredEntry[] = [];
  const gaps: StreamGap[] = [];
  for (let after = from; ;) {
    const read = await store.readAfter(stream, after, { count: 4 });
    if (read.gap) gaps.push(read.gap);
    const last = read.entries.at(-1);
    if (!last) return { entries, gaps };
    entries.push(...read.entries);
    after = last.id;
  }
}

/** Whole numbers below a limit, the same in every run. */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
