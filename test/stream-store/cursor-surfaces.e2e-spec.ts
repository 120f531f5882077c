import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore, memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { redisStore } from '@millrace/stream-store/redis';
import { type RunningApplication, startApplication } from '../support/applications.js';
import type { RedisTopology } from '../support/redis.js';
import { PLAIN_TOPOLOGIES } from '../support/redis-topologies.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { type Heard, READERS } from './support/readers.js';

const GREATEST = '18446744073709551615';
const aheadOf = (milliseconds: number): string => String(Date.now() + milliseconds);

const KINDS: readonly { readonly kind: string; readonly start?: () => Promise<RedisTopology> }[] = [
  { kind: 'memory' },
  { kind: 'embedded' },
  ...PLAIN_TOPOLOGIES.map(({ topology, start }) => ({ kind: `Redis on ${topology}`, start })),
];

describe.each(KINDS)('Cursors that do not fit, on every surface, kept by: $kind', ({ kind, start }) => {
  let running: RunningApplication;
  let store: StreamStore;
  let redis: RedisTopology | undefined;
  let directory: string;
  let number = 0;
  const fresh = (): string => `x${(number += 1)}`;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-surfaces-'));
    redis = await start?.();
    const ofOne = kind === 'memory' ? memoryStore() : embeddedStore({ directory, headroom: 1 });
    const driver = redis ? redisStore({ ...redis.way, commandTimeout: '30s' }) : ofOne;
    running = await startApplication([StreamStoreModule.forRoot({ store: driver, public: true })]);
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

  const withoutPlaces = (heard: Heard): Heard => heard.map((each) => each.replace(/@.*/, ''));

  describe.each(Object.entries(READERS))('by %s', (_surface, readBy) => {
    const heardBy = async (streams: string, after: string, entries: number): Promise<Heard> =>
      withoutPlaces(await readBy({ at: running }, streams, after, entries));

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

  if (start) {
    it('stream-store#52: live readers are told when all of Redis is flushed, and get what comes then', async () => {
      const stream = fresh();
      const [last] = await fill(stream, 1);
      await waitFor('earlier followers to be freed', () => store.followerLag()?.followers === 0);
      const puller = await SocketClient.open(`${running.wsUrl}/data/${stream}/pull?gaps=true`);
      await waitFor('the follower', () => store.followerLag()?.followers === 1);
      await redis?.flushAll();
      await fill(stream, 2);
      expect(JSON.parse(await puller.nextText())).toMatchObject({ gap: { stream, after: last } });
      expect(JSON.parse(await puller.nextText())).toMatchObject([[stream, expect.anything(), 0]]);
      expect((await puller.next()).data.toString()).toBe('2');
      await puller.close();
    });
  }
});
