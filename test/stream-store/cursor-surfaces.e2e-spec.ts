import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore, memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { Redis } from 'ioredis';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { type RunningRedis, startRedis } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

const GREATEST = '18446744073709551615';
const aheadOf = (milliseconds: number): string => String(Date.now() + milliseconds);

/** What a reader heard, in its order: `gap:<stream>@<after>` and `<stream>=<data>`. */
type Heard = string[];

describe.each(['memory', 'embedded', 'redis'])('Cursors that do not fit, on every surface, kept by: %s', (kind) => {
  let running: RunningApplication;
  let store: StreamStore;
  let redis: RunningRedis | undefined;
  let directory: string;
  let number = 0;
  const fresh = (): string => `x${(number += 1)}`;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-surfaces-'));
    if (kind === 'redis') redis = await startRedis();
    const drivers: Record<string, () => ReturnType<typeof memoryStore>> = {
      memory: memoryStore,
      embedded: () => embeddedStore({ directory, headroom: 1 }),
      redis: () => redisStore({ url: redis?.url ?? '' }),
    };
    running = await startApplication([
      StreamStoreModule.forRoot({ store: (drivers[kind] ?? memoryStore)(), public: true }),
    ]);
    store = running.app.get(StreamStore);
  });
  afterAll(async () => {
    await running.close();
    await redis?.stop();
    await rm(directory, { recursive: true });
  });

  const fill = (stream: string, ...numbers: number[]): Promise<string[]> =>
    store.append(
      stream,
      numbers.map((each) => Buffer.from(String(each))),
    );

  /** Reads by each surface until so many entries came. */
  const surfaces: Record<string, (streams: string, after: string, entries: number) => Promise<Heard>> = {
    pull: (streams, after, entries) => pulled(`${streams}/pull?count=5&gaps=true&last_entry_id=${after}`, entries),
    'pull with cursors': (streams, after, entries) =>
      pulled(`${streams}/pull?count=5&gaps=true&cursors=true&last_entry_id=${after}`, entries),
    'pull of one stream a pair': (streams, after, entries) =>
      pulled(`${streams}/pull?onebyone=true&gaps=true&last_entry_id=${after}`, entries),
    read: (streams, after) => read(`${streams}?count=5&last_entry_id=${after}`),
    'long poll': (streams, after) => read(`${streams}?count=5&block=20000&last_entry_id=${after}`),
    events: (streams, after, entries) => events(`${streams}?last_entry_id=${after}`, {}, entries),
    'resumed events': (streams, after, entries) => events(streams, { 'Last-Event-ID': after }, entries),
  };

  async function pulled(path: string, entries: number): Promise<Heard> {
    const heard: Heard = [];
    const socket = await SocketClient.open(`${running.wsUrl}/data/${path}`);
    for (let count = 0; count < entries;) {
      const message = JSON.parse(await socket.nextText()) as
        { gap?: { stream: string; after: string } } | [string, string, number][];
      if (Array.isArray(message)) {
        const blob = (await socket.next()).data;
        message.forEach(([stream, , start], index) => {
          heard.push(`${stream}=${blob.subarray(start, message[index + 1]?.[2]).toString()}`);
        });
        count += message.length;
      } else if (message.gap) heard.push(`gap:${message.gap.stream}@${message.gap.after}`);
    }
    await socket.close();
    return heard;
  }

  async function read(path: string): Promise<Heard> {
    const response = await fetch(`${running.url}/data/${path}`);
    const gaps = JSON.parse(response.headers.get('entry-gap') ?? '[]') as string[];
    const offsets = JSON.parse(response.headers.get('entry-offset') ?? '[]') as [string, string, number][];
    const body = await response.text();
    const entries = offsets.map(
      ([stream, , start], index) => `${stream}=${body.slice(start, offsets[index + 1]?.[2])}`,
    );
    return [...gaps.map((stream) => `gap:${stream}`), ...entries];
  }

  async function events(path: string, headers: Record<string, string>, entries: number): Promise<Heard> {
    const asking = request(`${running.url}/data/${path}`, {
      headers: { Accept: 'text/event-stream', ...headers },
      agent: false,
    });
    asking.on('error', () => undefined).end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    let text = '';
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await waitFor('the events', () => (text.match(/^data: .*"data":.*\n\n/gm)?.length ?? 0) >= entries);
    asking.destroy();
    return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => {
      const { stream, after, data: value } = JSON.parse(data) as { stream: string; after?: string; data?: number };
      return after === undefined ? `${stream}=${value}` : `gap:${stream}@${after}`;
    });
  }

  const withoutPlaces = (heard: Heard): Heard => heard.map((each) => each.replace(/@.*/, ''));

  describe.each(Object.keys(surfaces))('by %s', (surface) => {
    const heardBy = async (streams: string, after: string, entries: number): Promise<Heard> =>
      withoutPlaces((await surfaces[surface]?.(streams, after, entries)) ?? []);

    it.each([
      ['an hour ahead', () => aheadOf(3_600_000)],
      ['of a device far ahead', () => '9999999999999-5'],
      ['of the greatest milliseconds', () => GREATEST],
      ['the greatest ID', () => `${GREATEST}-${GREATEST}`],
    ])('stream-store#52: one that is %s is a gap, then comes all that is there, once', async (_what, after) => {
      const stream = fresh();
      await fill(stream, 1, 2);
      expect(await heardBy(stream, after(), 2)).toEqual([`gap:${stream}`, `${stream}=1`, `${stream}=2`]);
    });

    it('stream-store#52: of several only the one that does not fit is a gap', async () => {
      const [whole, ahead, begun, empty] = [fresh(), fresh(), fresh(), fresh()];
      const [first, last] = await fill(whole, 1, 2);
      await fill(ahead, 3);
      const [old] = await fill(begun, 4);
      await store.delete([begun]);
      await fill(begun, 5);
      const after = [first, aheadOf(60_000), old, '0-0'].join('+');
      const heard = await heardBy([whole, ahead, begun, empty].join('+'), after, 3);
      expect(heard.filter((each) => each.startsWith('gap')).sort()).toEqual([`gap:${ahead}`, `gap:${begun}`].sort());
      expect(heard.filter((each) => each.includes('=')).sort()).toEqual(
        [`${whole}=2`, `${ahead}=3`, `${begun}=5`].sort(),
      );
      expect(last).toBeDefined();
    });

    it('stream-store#52: one that fits, to the last ID and from the first, is none', async () => {
      const [stream, other] = [fresh(), fresh()];
      const [first = '', , last = ''] = await fill(stream, 1, 2, 3);
      await fill(other, 9);
      // The other stream ends the wait.
      expect(await heardBy(`${stream}+${other}`, `${last}+0`, 1)).toEqual([`${other}=9`]);
      expect(await heardBy(`${stream}+${other}`, `${first}+$`, 2)).toEqual([`${stream}=2`, `${stream}=3`]);
      for (const start of ['0', '0-0', String(Number(first.split('-')[0]) - 1)])
        expect(await heardBy(stream, start, 3)).toEqual([`${stream}=1`, `${stream}=2`, `${stream}=3`]);
    });
  });

  if (kind === 'redis') {
    it('stream-store#52: live readers are told when all of Redis is flushed, and get what comes then', async () => {
      const other = new Redis(redis?.url ?? '');
      const stream = fresh();
      const [last] = await fill(stream, 1);
      await waitFor('earlier followers to be freed', () => store.followerLag()?.followers === 0);
      const puller = await SocketClient.open(`${running.wsUrl}/data/${stream}/pull?gaps=true`);
      await waitFor('the follower', () => store.followerLag()?.followers === 1);
      await other.flushall();
      await fill(stream, 2);
      expect(JSON.parse(await puller.nextText())).toMatchObject({ gap: { stream, after: last } });
      expect(JSON.parse(await puller.nextText())).toMatchObject([[stream, expect.anything(), 0]]);
      expect((await puller.next()).data.toString()).toBe('2');
      await puller.close();
      other.disconnect();
    });
  }
});
