import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { embeddedStore, type StreamStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';
import { WebSocket } from 'ws';
import { buildLibrary } from '../support/build.js';
import { endProcess } from '../support/end-process.js';
import { scaled } from '../support/soak.js';
import { mountSmallDisk, type SmallDisk } from './support/small-disk.js';

const UNLIMITED = storeContext({ retention: { maxLength: 10_000_000 } });
const FULL = { name: 'StoreFullError', code: 'UNAVAILABLE' };
/** Of the size that a check asks for. */
const ORDINARY = Buffer.alloc(64 * 1024, 'x');
/** Room is used within two seconds at the latest. */
const MOST_REFUSALS = 100;
const PAUSE = 20;

// A build of the library may come first, and thousands of commits take long on a busy machine.
jest.setTimeout(600_000);

let disk: SmallDisk;

/** Tries until it is taken. The refusals are counted, since on a busy machine one try may take seconds. */
async function taken(work: () => Promise<unknown>): Promise<void> {
  for (let refusals = 0; !(await work()); refusals += 1) {
    expect(refusals).toBeLessThan(MOST_REFUSALS);
    await setTimeout(PAUSE);
  }
}

beforeAll(() => buildLibrary('stream-store'));
beforeEach(() => (disk = mountSmallDisk('tmpfs')));
afterEach(() => disk.dispose());

describe('a server on a full disk', () => {
  let server: ChildProcess;
  let url: string;
  let directory: string;

  beforeEach(async () => {
    directory = join(disk.directory, 'data');
    server = fork(join(__dirname, 'support', 'push-server.mjs'), { execArgv: [], silent: true });
    await once(server, 'message');
    server.send({ directory });
    [url] = (await once(server, 'message')) as [string];
  });
  afterEach(() => endProcess(server));

  const upload = (stream: string, data: Buffer): Promise<Response> => {
    const form = new FormData();
    form.append('entries', new Blob([new Uint8Array(data)]), 'entry');
    return fetch(`${url}/data/${stream}`, { method: 'POST', body: form });
  };
  const ping = async () => (await fetch(`${url}/ping`)).status;

  /** Pushes until the socket is closed. */
  async function pushUntilClosed(stream: string): Promise<{ code: number; acked: string[] }> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/data/${stream}/push?ack=true`);
    const acked: string[] = [];
    socket.on('open', () => socket.send(ORDINARY));
    socket.on('message', (text: Buffer) => {
      acked.push(...text.toString().split(','));
      socket.send(ORDINARY);
    });
    const [code] = (await once(socket, 'close')) as [number];
    return { code, acked };
  }

  it('stream-store#58: answers 503 and closes pushes with 1013, stores what it acked, and serves again by itself', async () => {
    expect(await ping()).toBe(200);
    const first = await pushUntilClosed('a');
    expect(first.code).toBe(1013);
    expect(first.acked.length).toBeGreaterThan(20);
    disk.fill();
    expect(disk.freeBytes()).toBe(0);
    const refused = await upload('b', ORDINARY);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toEqual({ detail: expect.stringMatching(/^The disk is full: /) });
    expect(await ping()).toBe(503);

    const metadata = await fetch(`${url}/streams/a`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ max_len: 10 }),
    });
    expect(metadata.status).toBe(200);
    await taken(async () => (await upload('b', ORDINARY)).status === 200);
    expect(await ping()).toBe(200);
    const second = await pushUntilClosed('c');
    expect(second.code).toBe(1013);
    expect(second.acked.length).toBeGreaterThan(0);

    expect((await fetch(`${url}/streams/c`, { method: 'DELETE' })).status).toBe(200);
    await taken(async () => (await upload('d', ORDINARY)).status === 200);
    await endProcess(server);
    const store = await embeddedStore({ directory }).create(UNLIMITED);
    expect(await store.list()).toEqual(['a', 'b', 'd']);
    expect((await store.readNewest('a', 10)).map(({ id }) => id)).toEqual(first.acked.slice(-10));
    await store.close();
  });
});

describe('a start on a full disk', () => {
  it('serves what is stored, deletes, and then takes entries again', async () => {
    const directory = join(disk.directory, 'data');
    const store = await embeddedStore({ directory }).create(UNLIMITED);
    const ids = await store.append('s', [ORDINARY, ORDINARY]);
    await store.append('t', Array<Buffer>(6).fill(ORDINARY));
    await store.close();
    disk.fill();
    const again = await embeddedStore({ directory }).create(UNLIMITED);
    expect((await again.readAfter('s', '0-0', { count: 10 })).entries.map(({ id }) => id)).toEqual(ids);
    const filling = async () => {
      for (;;) await again.append('s', [ORDINARY]);
    };
    await expect(filling()).rejects.toMatchObject(FULL);
    await expect(again.check()).rejects.toMatchObject(FULL);
    await again.delete(['t']);
    expect(await again.append('s', [ORDINARY])).toHaveLength(1);
    await again.check();
    await again.close();
  });

  it('serves what is stored where nothing was held, and says what to do', async () => {
    const directory = join(disk.directory, 'data');
    const store = await embeddedStore({ directory, headroom: 4096 }).create(UNLIMITED);
    const ids = await store.append('s', [ORDINARY]);
    await store.close();
    disk.fill();
    const again = await embeddedStore({ directory }).create(UNLIMITED);
    expect((await again.readNewest('s', 10)).map(({ id }) => id)).toEqual(ids);
    const free = /Delete streams, lower their retention, or free the disk/;
    await expect(again.append('s', [ORDINARY])).rejects.toMatchObject({
      ...FULL,
      message: expect.stringMatching(free),
    });
    disk.free();
    await taken(() => again.append('s', [ORDINARY]).catch(() => undefined));
    await again.close();
  });

  it('of a new store is refused with what it needs, and works once there is room', async () => {
    disk.fill();
    const create = async () => embeddedStore({ directory: join(disk.directory, 'new') }).create(UNLIMITED);
    const message = expect.stringMatching(/The disk of .*new is full: 256 KiB are needed .*Free the disk/);
    await expect(create()).rejects.toMatchObject({ ...FULL, message });
    disk.free();
    const store = await create();
    expect(await store.append('s', [ORDINARY])).toHaveLength(1);
    await store.close();
    rmSync(join(disk.directory, 'new'), { recursive: true });
  });
});

describe('a disk that has no room for another file', () => {
  it('serves a store that is there, and says of one that is not what to do', async () => {
    const open = async (name: string) => embeddedStore({ directory: join(disk.directory, name) }).create(UNLIMITED);
    const store = await open('data');
    disk.remount('nr_inodes=20');
    const files = disk.fillWithFiles();
    expect(disk.freeBytes()).toBeGreaterThan(4_000_000);
    expect(await store.append('s', [ORDINARY])).toHaveLength(1);
    await store.close();
    const message = expect.stringMatching(/new cannot be used: the disk is full; make room on it, and try again$/);
    await expect(open('new')).rejects.toMatchObject({ ...FULL, message });
    const again = await open('data');
    expect(await again.append('s', [ORDINARY])).toHaveLength(1);
    await again.close();
    for (const file of ['process.lock', 'streams.mdb-lock']) {
      rmSync(join(disk.directory, 'data', file));
      writeFileSync(join(disk.directory, 'instead'), '');
      await expect(open('data')).rejects.toMatchObject({ ...FULL, message: expect.stringContaining(`${file} cannot`) });
      rmSync(join(disk.directory, 'instead'));
      await (await open('data')).close();
    }
    for (const file of files) rmSync(file);
    await (await open('new')).close();
  });
});

describe('a disk without a size', () => {
  it('is not taken for a full one', async () => {
    disk.remount('size=0');
    const store = await embeddedStore({ directory: join(disk.directory, 'data') }).create(UNLIMITED);
    await store.check();
    expect(await store.append('s', Array<Buffer>(300).fill(ORDINARY))).toHaveLength(300);
    await store.close();
  });
});

describe('a disk that others keep full', () => {
  // The smaller the entries, the more of them fill the room of a deletion.
  it.each([
    [1000, scaled(20, 10)],
    [20_000, scaled(100, 10)],
    [200_000, scaled(100, 10)],
  ])('gives way to entries of %i bytes after each deletion, in the room that it made', async (size, rounds) => {
    const directory = join(disk.directory, 'data');
    const store = await embeddedStore({ directory }).create(UNLIMITED);
    let stored = 0;
    const fill = async (most: number) => {
      const before = stored;
      try {
        for (; stored - before < most; stored += 1) await store.append(`s${stored % 5}`, [Buffer.alloc(size, stored)]);
      } catch (error) {
        expect(error).toMatchObject(FULL);
      }
      return stored - before;
    };
    await fill(4_000_000 / size);
    disk.fill();
    await fill(Infinity);
    for (let round = 0; round < rounds; round += 1) {
      await store.delete([`s${round % 5}`]);
      expect(await fill(Infinity)).toBeGreaterThan(0);
    }
    expect(disk.freeBytes()).toBe(0);
    await store.close();
  });

  /** Works until the disk takes no more of it. */
  async function untilFull(work: (turn: number) => Promise<unknown>): Promise<void> {
    const working = async () => {
      for (let turn = 0; ; turn += 1) await work(turn);
    };
    await expect(working()).rejects.toMatchObject(FULL);
  }

  const served = (store: StreamStore) => taken(() => store.append('a', [ORDINARY]).catch(() => undefined));

  it('stream-store#58: takes lower bounds and deletions when entries, metadata and groups have taken all they may, and serves again', async () => {
    const store = await embeddedStore({ directory: join(disk.directory, 'data') }).create(UNLIMITED);
    for (const stream of ['a', 'b', 'c']) await store.append(stream, Array<Buffer>(10).fill(ORDINARY));
    disk.fill();
    await untilFull(() => store.append('a', [ORDINARY]));
    await untilFull(() => store.append('a', [Buffer.alloc(10)]));
    await untilFull((turn) => store.setMetadata(`m${turn}`, { description: 'x'.repeat(3000) }));
    await untilFull((turn) => store.groups.open(`g${turn}`, 'group', { after: '1-1' }));
    await untilFull((turn) => store.append(`new ${turn}`, [Buffer.alloc(10)]));
    const streams = await store.list();

    await expect(store.setMetadata('b', { max_len: 1000 })).rejects.toMatchObject(FULL);
    await store.setMetadata('a', { max_len: 1 });
    await served(store);
    await store.setMetadata('b', { max_bytes: 1 });
    await store.delete(['c']);
    await served(store);
    expect(await store.list()).toEqual(streams.filter((stream) => stream !== 'c'));
    expect(disk.freeBytes()).toBe(0);
    await store.close();
  });

  it.each(['one call', 'a call for each'])(
    'stream-store#58: deletes hundreds of streams at a time, in %s',
    async (how) => {
      const store = await embeddedStore({ directory: join(disk.directory, 'data') }).create(UNLIMITED);
      const streams = Array.from({ length: 300 }, (_unused, index) => `s${index}`);
      for (const stream of streams) await store.append(stream, [Buffer.alloc(5000)]);
      disk.fill();
      const calls = how === 'one call' ? [streams] : streams.map((stream) => [stream]);
      const deleted = (await Promise.all(calls.map((names) => store.delete(names)))).flat();
      expect(deleted.filter(({ existed, entries }) => existed && entries === 1)).toHaveLength(300);
      await served(store);
      expect(await store.list()).toEqual(['a']);
      await store.close();
    },
  );
});
