import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { embeddedStore, type StreamStore } from '@millrace/stream-store';
import { repairDirectory } from '@millrace/stream-store/repair';
import { storeContext } from '@millrace/stream-store/testing';
import { buildLibrary } from '../support/build.js';
import { Opener } from './support/open-elsewhere.js';

jest.setTimeout(120_000);

describe('files that are taken from under a running embedded store', () => {
  let base: string;
  let directory: string;
  let path: string;
  let store: StreamStore;
  let reported: string[];
  beforeAll(() => buildLibrary('stream-store'));
  beforeEach(async () => {
    reported = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((text: string) => void reported.push(text));
    base = await mkdtemp(join(tmpdir(), 'millrace-taken-'));
    directory = join(base, 'streams');
    path = join(directory, 'streams.mdb');
    store = await embeddedStore({ directory }).create(storeContext());
    await store.append('s', [Buffer.from('kept')]);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await store.close();
    await rm(base, { recursive: true });
  });

  it.each([
    ['the file is moved', async () => rename(path, join(base, 'moved'))],
    [
      'the file is replaced by a copy',
      async () => {
        await copyFile(path, join(base, 'copy'));
        await rename(path, join(base, 'moved'));
        await rename(join(base, 'copy'), path);
      },
    ],
    [
      'the directory is replaced by an empty one',
      async () => {
        await rename(directory, join(base, 'away'));
        await mkdir(directory);
      },
    ],
  ])('nothing is acked that would be lost, while all is still served, when %s', async (_what, take) => {
    await take();
    const refused = { code: 'UNAVAILABLE', message: expect.stringMatching(`The data file ${path} was moved`) };
    await expect(store.append('s', [Buffer.from('lost')])).rejects.toMatchObject(refused);
    await expect(store.appendAll([{ stream: 't', data: Buffer.from('lost') }])).rejects.toMatchObject(refused);
    await expect(store.groups.open('s', 'g')).rejects.toMatchObject(refused);
    await expect(store.setMetadata('s', { a: 1 })).rejects.toMatchObject(refused);
    await expect(store.delete(['s'])).rejects.toMatchObject(refused);
    await expect(store.check()).rejects.toMatchObject(refused);
    expect((await store.readAfter('s', '0', { count: 5 })).entries.map(({ data }) => data.toString())).toEqual([
      'kept',
    ]);
    expect(reported).toEqual([refused.message]);
  });

  it('entries are stored again when the file is back', async () => {
    await rename(path, join(base, 'moved'));
    await expect(store.append('s', [Buffer.from('lost')])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await rename(join(base, 'moved'), path);
    await store.check();
    await store.append('s', [Buffer.from('more')]);
    expect((await store.readAfter('s', '0', { count: 5 })).entries).toHaveLength(2);
  });

  it('a further process is refused also when the lock of the directory was removed, and so is a repair', async () => {
    await rm(join(directory, 'process.lock'));
    const before = await readFile(path);
    const opener = new Opener();
    const answer = await opener.open(directory);
    opener.close();
    expect(answer).toEqual({ code: 'UNAVAILABLE', error: expect.stringContaining(`The file ${path} is in use`) });
    await expect(repairDirectory(directory)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await readFile(path)).equals(before)).toBe(true);
    await store.append('s', [Buffer.from('more')]);
  });
});
