import { once } from 'node:events';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';

const MIB = 1024 * 1024;

describe.each(HTTP_ADAPTERS)('Options of a pull on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  let number = 0;
  const fresh = (): string => `p${(number += 1)}`;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());

  const open = (path: string): Promise<SocketClient> => SocketClient.open(`${running.wsUrl}${path}`);
  const pair = async (client: SocketClient): Promise<{ header: [string, string, number][]; blob: Buffer }> => ({
    header: JSON.parse(await client.nextText()),
    blob: (await client.next()).data,
  });
  /** Entries named by their stream and milliseconds. */
  const fill = (...entries: [stream: string, ms: number][]): Promise<string[]> =>
    store.appendAll(entries.map(([stream, ms]) => ({ stream, id: `${ms}-0`, data: Buffer.from(String(ms)) })));

  it('stream-store#42: the other streams move on to the time of the keeper, and never back', async () => {
    const [keeper, other] = [fresh(), fresh()];
    await fill(
      [keeper, 10],
      [keeper, 20],
      [keeper, 30],
      ...[15, 16, 17, 18, 99].map((ms) => [other, ms] as [string, number]),
    );
    const reader = await open(`/data/${other}+${keeper}/pull?last_entry_id=0&time_sync_id=1`);
    const seen: string[] = [];
    for (let pairs = 0; pairs < 3; pairs += 1) seen.push((await pair(reader)).header.map(([, id]) => id).join());
    expect(seen).toEqual(['15-0,10-0', '16-0,20-0', '99-0,30-0']);
    await fill([keeper, 40]);
    expect((await pair(reader)).header).toEqual([[keeper, '40-0', 0]]);
    await reader.close();
  });

  it('stream-store#16: $ is the last ID when the socket opens, so own IDs in the past are seen', async () => {
    const stream = fresh();
    await fill([stream, 5]);
    const reader = await open(`/data/${stream}/pull?last_entry_id=$`);
    // Answers on the same socket order show that the cursor is taken: a second pull from the start has its pair.
    const other = await open(`/data/${stream}/pull?last_entry_id=0`);
    await pair(other);
    await fill([stream, 6]);
    expect((await pair(reader)).header).toEqual([[stream, '6-0', 0]]);
    await Promise.all([reader.close(), other.close()]);
  });

  it('puts no more than 16 MiB into a pair, except for one entry that is larger by itself', async () => {
    const stream = fresh();
    await store.append(
      stream,
      [6, 6, 6, 17].map((size) => Buffer.alloc(size * MIB)),
    );
    const reader = await open(`/data/${stream}/pull?last_entry_id=0&count=10`);
    const sizes: number[] = [];
    for (let pairs = 0; pairs < 3; pairs += 1) sizes.push((await pair(reader)).blob.length / MIB);
    expect(sizes).toEqual([12, 6, 17]);
    await reader.close();
  });

  it('stream-store#41: rate_limit holds between any two pairs, also with onebyone, while others are served at once', async () => {
    const [a, b] = [fresh(), fresh()];
    await fill([a, 1], [b, 1], [a, 2], [b, 2]);
    const slow = await open(`/data/${a}+${b}/pull?last_entry_id=0&rate_limit=60&onebyone=true`);
    await pair(slow);
    const free = await open(`/data/${a}+${b}/pull?last_entry_id=0&count=1`);
    for (let pairs = 0; pairs < 2; pairs += 1) await pair(free);
    expect(slow.frames).toHaveLength(2);
    const from = performance.now();
    const limited = await open(`/data/${a}+${b}/pull?last_entry_id=0&rate_limit=0.15&onebyone=true`);
    const times: number[] = [];
    for (let pairs = 0; pairs < 4; pairs += 1) {
      await pair(limited);
      times.push(performance.now());
    }
    // Three pauses between four pairs, however late each was seen.
    expect((times[3] ?? 0) - from).toBeGreaterThan(440);
    await Promise.all([slow.close(), limited.close(), free.close()]);
  });

  it('stream-store#39: an ack too many lets no second pair be under way', async () => {
    const stream = fresh();
    await fill([stream, 1]);
    const reader = await open(`/data/${stream}/pull?last_entry_id=0&ack=true`);
    /** Until the server has read all that was sent, and its answers have come. */
    const settled = async (): Promise<void> => {
      const ponged = once(reader.ws, 'pong');
      reader.ws.ping();
      await ponged;
    };
    await pair(reader);
    for (let acks = 0; acks < 3; acks += 1) reader.send('');
    await settled();
    await fill([stream, 2], [stream, 3], [stream, 4]);
    expect((await pair(reader)).header).toEqual([[stream, '2-0', 0]]);
    for (let turns = 0; turns < 3; turns += 1) await settled();
    expect(reader.frames).toHaveLength(4);
    reader.send('');
    expect((await pair(reader)).header).toEqual([[stream, '3-0', 0]]);
    await reader.close();
  });

  it('stream-store#37: latest gives each stream’s newest entry and counts on from there', async () => {
    const [a, b] = [fresh(), fresh()];
    await fill([a, 1], [a, 2], [b, 1], [b, 7]);
    const reader = await open(`/data/${a}+${b}/pull?last_entry_id=0&latest=true&ack=true`);
    expect((await pair(reader)).header.map(([, id]) => id)).toEqual(['2-0', '7-0']);
    await fill([a, 3], [a, 4], [a, 5]);
    reader.send('');
    expect(await pair(reader)).toEqual({ header: [[a, '5-0', 0]], blob: Buffer.from('5') });
    await reader.close();
  });

  it('stream-store#105: with skips the newest entry is preceded by how many were passed over, of each stream', async () => {
    const [a, b] = [fresh(), fresh()];
    await fill([a, 1], [a, 2], [a, 3], [b, 7]);
    const reader = await open(`/data/${a}+${b}/pull?last_entry_id=0&latest=true&skips=true&ack=true`);
    const skipped = async (): Promise<unknown> => JSON.parse(await reader.nextText());
    expect(await skipped()).toEqual({ skipped: { stream: a, entries: 2 } });
    expect((await pair(reader)).header.map(([, id]) => id)).toEqual(['3-0', '7-0']);
    await fill([a, 4]);
    reader.send('');
    // Nothing was passed over.
    expect((await pair(reader)).header).toEqual([[a, '4-0', 0]]);
    await fill(...Array.from({ length: 700 }, (_, n): [string, number] => [b, 8 + n]));
    reader.send('');
    expect(await skipped()).toEqual({ skipped: { stream: b, entries: null } });
    expect((await pair(reader)).header).toEqual([[b, '707-0', 0]]);
    await reader.close();
    await fill([a, 5], [a, 6]);
    const untold = await open(`/data/${a}/pull?last_entry_id=4&latest=true`);
    expect((await pair(untold)).header).toEqual([[a, '6-0', 0]]);
    await untold.close();
  });

  it('stream-store#17: a puller that falls far behind reads on from the storage, every entry once', async () => {
    const stream = fresh();
    const reader = await open(`/data/${stream}/pull?count=50`);
    const follower = await open(`/data/${stream}/pull?last_entry_id=0&ack=true`);
    reader.ws.pause();
    const entries = 600;
    for (let index = 0; index < entries; index += 1) {
      await store.append(stream, [Buffer.alloc(16 * 1024, index % 251)]);
    }
    reader.ws.resume();
    const ids: string[] = [];
    while (ids.length < entries) ids.push(...(await pair(reader)).header.map(([, id]) => id));
    expect(new Set(ids).size).toBe(entries);
    const { entries: kept } = await store.readAfter(stream, '0-0', { count: entries });
    expect(ids).toEqual(kept.map(({ id }) => id));
    await Promise.all([reader.close(), follower.close()]);
  });
});
