import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore } from '@millrace/stream-store';
import { storeContext } from '@millrace/stream-store/testing';
import { buildLibrary } from '../support/build.js';
import { type Contained, startContained } from '../support/container.js';
import { SocketClient } from '../support/socket-client.js';

const SERVER = join(__dirname, 'support/push-server.mjs');

describe('Two containers on one volume', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-volume-'));
  const containers: Contained[] = [];
  beforeAll(() => buildLibrary('stream-store'));
  afterAll(async () => {
    await Promise.all(containers.map((container) => container.kill()));
    rmSync(directory, { recursive: true });
  });

  async function container(): Promise<Contained> {
    const started = startContained(SERVER);
    containers.push(started);
    await started.next();
    return started;
  }

  /** The address of a server on the volume. */
  async function serve(server: Contained): Promise<string> {
    const url = server.next();
    server.child.send({ directory });
    return (await url) as string;
  }

  async function push(url: string, texts: readonly string[]): Promise<string[]> {
    const client = await SocketClient.open(`${url.replace('http', 'ws')}/data/s/push?ack=true`);
    const ids: string[] = [];
    for (const text of texts) {
      client.send(Buffer.from(text));
      ids.push(await client.nextText());
    }
    await client.close();
    return ids;
  }

  it('never both serve: the second is told who does, and serves all that was acked when the first was killed', async () => {
    const [first, second, third] = await Promise.all([container(), container(), container()]);
    const texts = Array.from({ length: 20 }, (_, n) => `before ${n}`);
    await push(await serve(first), texts);

    const refused = once(second.child, 'close');
    await expect(serve(second)).rejects.toThrow('The program has ended');
    await refused;
    expect(second.errors()).toContain(
      `The directory ${directory} is in use by process 1 on host ${hostname()} since 2`,
    );

    rmSync(join(directory, 'process.lock'));
    await expect(serve(await container())).rejects.toThrow('The program has ended');
    expect(containers.at(-1)?.errors()).toContain('is in use by a process whose process.lock beside it was removed');

    await first.kill();
    const url = await serve(third);
    const [newest] = await push(url, ['after']);
    const kept = await fetch(`${url}/data/s?last_entry_id=0&count=100`);
    expect(kept.status).toBe(200);
    const offsets = JSON.parse(kept.headers.get('entry-offset') ?? '[]') as [string, string, number][];
    expect(offsets).toHaveLength(21);
    expect(offsets.at(-1)?.[1]).toBe(newest);
    expect(await kept.text()).toBe([...texts, 'after'].join(''));
  });
});

describe('Two directories that lead to one data file', () => {
  it('are not both opened', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-shared-'));
    const open = async (name: string) => embeddedStore({ directory: join(folder, name) }).create(storeContext());
    const store = await open('one');
    mkdirSync(join(folder, 'two'));
    symlinkSync('../one/streams.mdb', join(folder, 'two/streams.mdb'));
    symlinkSync('one', join(folder, 'three'));
    await expect(open('two')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('or by way of another directory'),
    });
    for (const spelling of ['one/', './one', 'two/../one', 'three', 'three/'])
      await expect(open(spelling)).rejects.toThrow(/in use by this process since/);
    await store.close();
    await (await open('two')).close();
    rmSync(folder, { recursive: true });
  });
});
