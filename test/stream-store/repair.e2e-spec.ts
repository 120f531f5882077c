import { copyFile, mkdir, mkdtemp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore } from '@millrace/stream-store';
import { repairDirectory } from '@millrace/stream-store/repair';
import { storeContext } from '@millrace/stream-store/testing';
import { buildLibrary } from '../support/build.js';
import { scaled } from '../support/soak.js';
import { type Opened, Opener } from './support/open-elsewhere.js';

jest.setTimeout(600_000);

describe('the repair of a data directory', () => {
  let base: string;
  let directory: string;
  const known = new Map<string, string>();
  const file = (): string => join(directory, 'streams.mdb');

  beforeAll(async () => {
    await buildLibrary('stream-store');
    base = await mkdtemp(join(tmpdir(), 'millrace-repair-'));
    const store = await embeddedStore({ directory: join(base, 'whole'), headroom: 1 }).create(
      storeContext({ retention: { maxLength: 1_000_000 } }),
    );
    await store.setMetadata('s1', { max_len: 900_000 });
    for (let round = 0; round < 150; round += 1) {
      for (const stream of ['s1', 's2', 's3']) {
        const data =
          round % 5 === 4
            ? [text(stream, round, 20_000)]
            : [0, 1, 2].map((each) => text(stream, round * 10 + each, 300));
        const ids = await store.append(stream, data);
        ids.forEach((id, index) => known.set(`${stream} ${id}`, (data[index] as Buffer).toString('latin1')));
      }
    }
    await store.close();
  });
  beforeEach(async () => {
    directory = join(base, 'work');
    await mkdir(directory);
    await copyFile(join(base, 'whole', 'streams.mdb'), file());
  });
  afterEach(() => rm(directory, { recursive: true }));
  afterAll(() => rm(base, { recursive: true }));

  const opener = new Opener();
  afterAll(() => opener.close());
  const serve = (): Promise<Opened> => opener.open(directory);

  function expectUnaltered(served: Opened['served'] = []): void {
    for (const [stream, id, data] of served) {
      // A stream whose name is lost has one by its number.
      const name = stream.replace(/^recovered-/, 's');
      expect(known.get(`${name} ${id}`)).toBe(data);
    }
  }

  it('leaves a whole directory as it is', async () => {
    const report = await repairDirectory(directory);
    expect(report.problems).toEqual([]);
    expect(report.damagedFile).toBeUndefined();
    expect(report.streams.map(({ stream, entries, lost }) => [stream, entries, lost.length])).toEqual([
      ['s1', 390, 0],
      ['s2', 390, 0],
      ['s3', 390, 0],
    ]);
    const { served } = await serve();
    expect(served).toHaveLength(known.size);
    expectUnaltered(served);
  });

  it('of a file that was cut: the start says so, and after the repair all that was left is served', async () => {
    const { size } = await stat(file());
    const random = seeded(11);
    for (let round = 0; round < scaled(30, 6); round += 1) {
      await copyFile(join(base, 'whole', 'streams.mdb'), file());
      await truncate(file(), 8192 + random(size - 8192 - 100_000));
      const refused = await serve();
      expect(refused).toMatchObject({
        code: 'UNAVAILABLE',
        error: expect.stringContaining(`millrace repair ${directory}`),
      });
      expect(refused.error).toMatch(/has been cut: it has \d+ bytes, and \d+ more \(\d+ pages\)/);
      const report = await repairDirectory(directory);
      expect(report.problems.length).toBeGreaterThan(0);
      const { served, ...rest } = await serve();
      expect(rest).toEqual({});
      expect(served?.length ?? 0).toBe(report.streams.reduce((sum, { entries }) => sum + entries, 0));
      expectUnaltered(served);
      expect((await repairDirectory(directory)).problems).toEqual([]);
      await rm(directory, { recursive: true });
      await mkdir(directory);
    }
    await writeFile(file(), '');
  });

  it('of a file with pages that were overwritten or changed: nothing altered is served, and most entries are', async () => {
    const { size } = await stat(file());
    const random = seeded(5);
    for (let round = 0; round < scaled(60, 12); round += 1) {
      await copyFile(join(base, 'whole', 'streams.mdb'), file());
      const handle = await open(file(), 'r+');
      const hit = Buffer.alloc(round % 3 === 0 ? 4096 : 8, 0xa5);
      for (let hits = 1 + random(4); hits > 0; hits -= 1)
        await handle.write(hit, 0, hit.length, hit.length === 8 ? random(size - 8) : 4096 * random(size / 4096));
      await handle.close();
      const report = await repairDirectory(directory);
      const { served, ...rest } = await serve();
      expect(rest).toEqual({});
      expectUnaltered(served);
      expect(served?.length ?? 0).toBeGreaterThan(known.size * 0.8);
      expect((await repairDirectory(directory)).problems).toEqual([]);
      const files = await readdir(directory);
      expect(files.some((name) => name.includes('.damaged-'))).toBe(report.damagedFile !== undefined);
      await rm(directory, { recursive: true });
      await mkdir(directory);
    }
    await writeFile(file(), '');
  });

  it('only reports when it is asked to, and refuses while a store is open', async () => {
    await truncate(file(), 300_000);
    const report = await repairDirectory(directory, { check: true });
    expect(report.problems.length).toBeGreaterThan(0);
    expect((await stat(file())).size).toBe(300_000);
    expect(report.damagedFile).toBeUndefined();
    await copyFile(join(base, 'whole', 'streams.mdb'), file());
    const store = await embeddedStore({ directory }).create(storeContext());
    await expect(repairDirectory(directory)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await store.close();
  });

  it.each([
    ['neither page at the beginning', 0, 8192],
    ['the newer or older page at the beginning', 4096, 4096],
  ])('of a file without %s', async (_what, from, length) => {
    const handle = await open(file(), 'r+');
    await handle.write(Buffer.alloc(length), 0, length, from);
    await handle.close();
    expect(await serve()).toMatchObject({ code: 'UNAVAILABLE', error: expect.stringContaining('is damaged') });
    await repairDirectory(directory);
    const { served, ...rest } = await serve();
    expect(rest).toEqual({});
    expect(served?.length ?? 0).toBeGreaterThan(known.size * 0.9);
    expectUnaltered(served);
  });
});

function text(stream: string, number: number, length: number): Buffer {
  return Buffer.alloc(length, `${stream}:${number}|`);
}

/** Whole numbers below a limit, the same in every run. */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
