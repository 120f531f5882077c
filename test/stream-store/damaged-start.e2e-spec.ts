import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore } from '@millrace/stream-store';
import { repairDirectory } from '@millrace/stream-store/repair';
import { storeContext } from '@millrace/stream-store/testing';
import { buildLibrary } from '../support/build.js';
import { type Opened, Opener } from './support/open-elsewhere.js';
import { mountSmallDisk } from './support/small-disk.js';

jest.setTimeout(600_000);

const PAGE = 4096;
const LEAF_OR_BRANCH = 3;

/** What must not be met by LMDB, which would go round for ever, end the process by a signal, or lose what was acked. */
describe('the start on a damaged data file', () => {
  let base: string;
  let directory: string;
  let whole: Buffer;
  const known = new Map<string, string>();

  beforeAll(async () => {
    await buildLibrary('stream-store');
    base = await mkdtemp(join(tmpdir(), 'millrace-start-'));
    directory = join(base, 'work');
    const store = await embeddedStore({ directory, headroom: 1 }).create(
      storeContext({ retention: { maxLength: 1_000_000 } }),
    );
    for (let round = 0; round < 100; round += 1) {
      for (const stream of ['s1', 's2']) {
        const data = Buffer.alloc(round % 5 === 4 ? 20_000 : 300, `${stream}:${round}|`);
        const [id] = await store.append(stream, [data]);
        known.set(`${stream} ${id}`, data.toString('latin1'));
      }
    }
    await store.close();
    whole = await readFile(join(directory, 'streams.mdb'));
  });
  beforeEach(async () => {
    await rm(directory, { recursive: true });
    await mkdir(directory);
  });
  afterAll(() => rm(base, { recursive: true }));

  const opener = new Opener();
  afterAll(() => opener.close());
  const open = (): Promise<Opened> => opener.open(directory);

  async function serve(change: (file: Buffer) => void, { killed = false } = {}): Promise<Opened> {
    const file = Buffer.from(whole);
    change(file);
    await writeFile(join(directory, 'streams.mdb'), file);
    if (killed) await writeFile(join(directory, 'process.lock'), '{"pid":1}\n');
    return open();
  }

  const refusal = (what: string): object => ({
    code: 'UNAVAILABLE',
    error: expect.stringMatching(
      new RegExp(`^The data file ${directory}/streams.mdb is damaged: .*${what}.*millrace repair ${directory}`),
    ),
  });
  const newest = (file: Buffer): Buffer => {
    const [first, second] = [file.subarray(0, PAGE), file.subarray(PAGE)] as [Buffer, Buffer];
    return first.readBigUInt64LE(152) > second.readBigUInt64LE(152) ? first : second;
  };

  it.each([
    ['a last page beyond the map', 'not one of LMDB', (meta: Buffer) => meta.writeUInt8(0x40, 146)],
    ['a last page far behind the end', 'far more pages', (meta: Buffer) => meta.writeUInt8(0x10, 146)],
    ['a last page that is not the last', 'not one of', (meta: Buffer) => meta.writeBigUInt64LE(3n, 144)],
    [
      'a root that is no page of keys',
      'free pages is damaged|not one of',
      (meta: Buffer) => meta.writeBigUInt64LE(1n, 136),
    ],
    ['another root', 'free pages is damaged', (meta: Buffer) => meta.writeUInt8(meta.readUInt8(136) ^ 2, 136)],
    [
      'another root of the free pages',
      'free pages is damaged',
      (meta: Buffer) => meta.writeUInt8(meta.readUInt8(88) ^ 2, 88),
    ],
    ['a depth that is not that of the table', 'free pages is damaged', (meta: Buffer) => meta.writeUInt16LE(2, 102)],
    ['a depth beyond all', 'not one of LMDB', (meta: Buffer) => meta.writeUInt16LE(0x8001, 102)],
    ['another number of tables', 'free pages is damaged', (meta: Buffer) => meta.writeBigUInt64LE(900n, 128)],
    ['the form of another table', 'not one of LMDB', (meta: Buffer) => meta.writeUInt16LE(4, 100)],
    ['an address', 'not one of LMDB', (meta: Buffer) => meta.writeUInt8(1, 38)],
    ['no map', 'not one of LMDB', (meta: Buffer) => meta.writeBigUInt64LE(0n, 40)],
    ['a map beyond all memory', 'not one of LMDB', (meta: Buffer) => meta.writeUInt8(1, 46)],
    ['a commit of long ago', 'contradict', (meta: Buffer) => meta.writeBigUInt64LE(8n, 152)],
    ['a commit of the future', 'contradict', (meta: Buffer) => meta.writeUInt8(1, 158)],
  ])('refuses, says why and what to do, and repairs, when its first pages tell of %s', async (_what, why, change) => {
    expect(await serve((file) => change(newest(file)))).toMatchObject(refusal(`(${why})`));
    expect((await repairDirectory(directory, { check: true })).problems[0]).toMatch(new RegExp(why));
    await repairDirectory(directory);
    const { served = [], ...rest } = await open();
    expect(rest).toEqual({});
    for (const [stream, id, data] of served) expect(known.get(`${stream.replace('recovered-', 's')} ${id}`)).toBe(data);
    expect(served.length).toBeGreaterThan(known.size * 0.9);
  });

  it('after a process that was killed, refuses pages of keys that are damaged, which may have ended it', async () => {
    const pages = Array.from({ length: whole.length / PAGE - 2 }, (_, index) => index + 2).filter(
      (page) =>
        Number(whole.readBigUInt64LE(page * PAGE)) === page &&
        (whole.readUInt16LE(page * PAGE + 18) & LEAF_OR_BRANCH) !== 0,
    );
    let refused = 0;
    for (let index = 0; index < pages.length; index += Math.ceil(pages.length / 12)) {
      const at = (pages[index] as number) * PAGE;
      const answer = await serve((file) => file.fill(0, at, at + PAGE), { killed: true });
      expect(answer.signal).toBeUndefined();
      // A page that was free before does no harm.
      if (answer.served) expect(answer.served).toHaveLength(known.size);
      else {
        expect(answer).toMatchObject(refusal(''));
        refused += 1;
      }
      await rm(directory, { recursive: true });
      await mkdir(directory);
    }
    expect(refused).toBeGreaterThan(0);
    const { served } = await serve(() => undefined, { killed: true });
    expect(served).toHaveLength(known.size);
  });

  it.each(['a text', 'a folder', 'a file of another user'])(
    'says what is wrong with %s in the place of the file',
    async (what) => {
      const path = join(directory, 'streams.mdb');
      if (what === 'a text') await writeFile(path, 'not a database\n'.repeat(1000));
      else if (what === 'a folder') await mkdir(path);
      else {
        await writeFile(path, whole, { mode: 0o600 });
        await chmod(base, 0o755);
        await chmod(directory, 0o777);
      }
      const other = new Opener(65_534);
      const { code, error } = await (what === 'a file of another user' ? other : opener).open(directory);
      other.close();
      expect(code).toBe('UNAVAILABLE');
      expect(error).toContain(path);
      expect(error).toMatch(
        /millrace repair|user of this process may read and write|move it away|has no right to it; give it the right/,
      );
    },
  );

  it('tried again in the same process, does not find the directory in use by the first try', async () => {
    await writeFile(join(directory, 'streams.mdb'), 'no data');
    const start = async () => embeddedStore({ directory }).create(storeContext());
    await expect(start()).rejects.toThrow('is damaged');
    await expect(start()).rejects.toThrow('is damaged');
    await writeFile(join(directory, 'streams.mdb'), whole);
    await (await start()).close();
  });

  it('a repair onto a full disk changes nothing, says how much room it needs, and does it when there is room', async () => {
    const disk = mountSmallDisk('tmpfs');
    try {
      const path = join(disk.directory, 'streams.mdb');
      const file = Buffer.from(whole).fill(0, PAGE, 2 * PAGE);
      await writeFile(path, file);
      disk.fill();
      await expect(repairDirectory(disk.directory)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(
          /^The disk of .* no room .*MiB are needed .* Nothing was changed; free the disk/,
        ),
      });
      expect((await readFile(path)).equals(file)).toBe(true);
      expect(readdirSync(disk.directory).filter((name) => name.includes('repaired'))).toEqual([]);
      disk.free();
      const { damagedFile = '' } = await repairDirectory(disk.directory);
      expect(existsSync(damagedFile)).toBe(true);
      const store = await embeddedStore({ directory: disk.directory }).create(storeContext());
      expect((await store.list()).length).toBeGreaterThanOrEqual(2);
      await store.close();
      expect((await repairDirectory(disk.directory)).problems).toEqual([]);
    } finally {
      disk.dispose();
    }
  });
});
