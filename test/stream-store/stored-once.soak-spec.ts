import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Millrace, nodeSources, type StreamPusher } from '@millrace/client';
import { pause } from '@millrace/protocol';
import { buildLibrary } from '../support/build.js';
import type { RedisServer } from '../support/redis-process.js';
import { PLAIN_TOPOLOGIES } from '../support/redis-topologies.js';
import { waitFor } from '../support/waiting.js';
import { HubProcess } from './support/hub-process.js';

const STREAM = 'shared';
const ENTRIES = 6000;
/** Entries that each pusher has stored when the trouble begins. */
const BEFORE = 1000;
const FROZEN_MS = 9000;
const sources = nodeSources({ environment: {}, home: '/nonexistent' });

jest.setTimeout(300_000);

beforeAll(() => buildLibrary('stream-store'));

/** A client that pushes numbered entries with the options that hold where none are given. */
class Writer {
  sent = 0;
  private done: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly name: string,
    private readonly millrace: Millrace,
    readonly push: StreamPusher,
  ) {}

  /** @param urls of the instances, in the order in which they are tried */
  static async start(name: string, urls: readonly string[]): Promise<Writer> {
    const endpoints = urls.map((url) => new URL(url).host).join(',');
    const millrace = await connect(endpoints, { sources, maxPause: 200, check: false });
    const writer = new Writer(name, millrace, millrace.streams.push(STREAM));
    writer.done = writer.push.sendAll(writer.entries());
    writer.done.catch(() => undefined);
    return writer;
  }

  async finish(): Promise<void> {
    await this.done;
    await this.push.close();
    await this.millrace.close();
  }

  private *entries(): Generator<string> {
    for (; this.sent < ENTRIES; this.sent += 1) yield `${this.name} ${this.sent}`;
  }
}

/** Two writers, trouble in the middle, and a look at what is stored at the end: each entry once, in the order of its writer. */
async function expectOnce(urls: readonly (readonly string[])[], trouble: () => Promise<void>): Promise<void> {
  const writers = await Promise.all(urls.map((each, index) => Writer.start(`w${index}`, each)));
  await waitFor('entries before the trouble', () => writers.every(({ push }) => push.progress.entries >= BEFORE));
  expect(writers.every(({ push }) => push.progress.entries < ENTRIES - 500)).toBe(true);
  await trouble();
  await Promise.all(writers.map((writer) => writer.finish()));
  expect(writers.map(({ push }) => push.storesOnce)).toEqual(writers.map(() => true));
  const millrace = await connect(new URL(urls[0]?.at(-1) ?? '').host, { sources, check: false });
  const stored: string[] = [];
  for await (const { data } of millrace.streams.pull(STREAM, { after: '0', follow: false, count: 1000 }))
    stored.push(Buffer.from(data).toString());
  await millrace.close();
  for (const [index] of writers.entries()) {
    const own = stored.filter((text) => text.startsWith(`w${index} `));
    expect(own).toEqual(Array.from({ length: ENTRIES }, (_unused, number) => `w${index} ${number}`));
  }
  expect(stored.length).toBe(writers.length * ENTRIES);
}

async function freeze(server: RedisServer, meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
  server.signal('SIGSTOP');
  await Promise.all([pause(FROZEN_MS), pause(FROZEN_MS / 3).then(meanwhile)]);
  server.signal('SIGCONT');
}

describe.each(PLAIN_TOPOLOGIES)('Default pushes of two clients on $topology', ({ topology, start }) => {
  let hubs: HubProcess[] = [];

  /** Two instances on a Redis of their own. */
  async function onTwo(work: (primary: RedisServer, hubs: HubProcess[]) => Promise<void>): Promise<void> {
    const redis = await start();
    try {
      hubs = await Promise.all([0, 1].map(() => HubProcess.start({ redis: redis.way })));
      await work(await redis.primaryOf(STREAM), hubs);
    } finally {
      await Promise.all(hubs.map((hub) => hub.kill()));
      await redis.stop();
    }
  }

  // A cluster adds nothing to it that the next ones do not have.
  if (topology === 'one server') {
    it('to one instance: each entry is stored once when Redis stands still for 9 s', () =>
      onTwo((primary, [{ url } = { url: '' }]) => expectOnce([[url], [url]], () => freeze(primary))));
  }

  it('to two instances: each entry is stored once when Redis stands still for 9 s', () =>
    onTwo((primary, [one, two]) =>
      expectOnce(
        [
          [one?.url ?? '', two?.url ?? ''],
          [two?.url ?? '', one?.url ?? ''],
        ],
        () => freeze(primary),
      ),
    ));

  it('each entry is stored once when an instance is killed, and its clients go on at the other one', () =>
    onTwo((_primary, [one, two]) =>
      expectOnce(
        [
          [one?.url ?? '', two?.url ?? ''],
          [two?.url ?? '', one?.url ?? ''],
        ],
        async () => one?.kill(),
      ),
    ));

  it('each entry is stored once when an instance is killed while Redis stands still', () =>
    onTwo((primary, [one, two]) =>
      expectOnce(
        [
          [one?.url ?? '', two?.url ?? ''],
          [one?.url ?? '', two?.url ?? ''],
        ],
        () => freeze(primary, async () => one?.kill()),
      ),
    ));
});

describe('Default pushes of two clients on the embedded store', () => {
  it('each entry is stored once when the server is killed and started again, three times', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-once-'));
    let hub = await HubProcess.start({ directory });
    const { url, port } = hub;
    await expectOnce([[url], [url]], async () => {
      for (let round = 0; round < 3; round += 1) {
        await hub.kill();
        hub = await HubProcess.start({ directory, port });
        await pause(300);
      }
    });
    await hub.kill();
    await rm(directory, { recursive: true });
  });
});
