import { SocketRegistry } from '@millrace/core';
import { memoryStore, StreamStatistics, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { GatedStore } from './gated-store.js';

/** What a store holds of its followers. */
interface StoreInside {
  followers: Set<unknown>;
  tails: { get(stream: string): unknown };
}

const MIB = 1024 * 1024;
const connectionsOf = ({ app }: RunningApplication): { bufferedBytes: number; bytesRead: number }[] =>
  app.get(SocketRegistry, { strict: false }).endpoints.flatMap(({ connections }) => [...connections]);

describe.each(HTTP_ADAPTERS)('Back-pressure on %s', (adapter) => {
  it('stream-store#50: a slow puller costs bounded memory, slows nobody, and still gets everything in order', async () => {
    const running = await startApplication(
      [StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: 10_000 } })],
      // Who reads nothing answers no pings: on a slow machine it must not be taken for dead.
      { adapter, sockets: { pingInterval: 0 } },
    );
    try {
      const store = running.app.get(StreamStore);
      const slow = await SocketClient.open(`${running.wsUrl}/data/s/pull?last_entry_id=0`);
      slow.ws.pause();
      const fast = await SocketClient.open(`${running.wsUrl}/data/s/pull?last_entry_id=0&count=10`);
      const entries = 1024;
      for (let index = 0; index < entries; index += 1) {
        const data = Buffer.alloc(64 * 1024);
        data.writeUInt32LE(index);
        await store.append('s', [data]);
      }
      const bytesOf = (client: SocketClient): number =>
        client.frames.reduce((sum, { data, isBinary }) => sum + (isBinary ? data.length : 0), 0);
      await waitFor('the fast puller to have all', () => bytesOf(fast) === entries * 64 * 1024);
      // For a moment it is 0 each time that the operating system takes some more.
      const held = await waitFor('entries to be held', () => connectionsOf(running)[0]?.bufferedBytes);
      // The limit of the send buffer, and one run of pairs on top of it.
      expect(held).toBeLessThan(2 * MIB);
      slow.ws.resume();
      await waitFor('the slow puller to have all', () => bytesOf(slow) === entries * 64 * 1024);
      const order = slow.frames.filter(({ isBinary }) => isBinary).map(({ data }) => data.readUInt32LE(0));
      expect(order).toEqual(Array.from({ length: entries }, (_, index) => index));
      await Promise.all([slow.close(), fast.close()]);
    } finally {
      await running.close();
    }
  });

  it('stream-store#50: a fast pusher is held back while the storage is slow, and loses nothing', async () => {
    const gated = new GatedStore();
    const limits = { maxInFlightBytes: 4 * MIB };
    const running = await startApplication([StreamStoreModule.forRoot({ store: gated, limits })], { adapter });
    try {
      gated.shut();
      const pusher = await SocketClient.open(`${running.wsUrl}/data/s/push`);
      const other = await SocketClient.open(`${running.wsUrl}/data/s/pull?timeout=60000`);
      for (let index = 0; index < 64; index += 1) pusher.send(Buffer.alloc(MIB, index));
      const statistics = running.app.get(StreamStatistics, { strict: false });
      await waitFor('the pusher to be held back', () => statistics.heldBack > 0);
      let before = -1;
      const read = (): number => Math.max(...connectionsOf(running).map(({ bytesRead }) => bytesRead));
      // It reads on until the frame under way is whole, and no further.
      await waitFor('reading to stop', () => before === (before = read()), { pause: 100 });
      expect(before).toBeGreaterThan(4 * MIB);
      expect(before).toBeLessThan(7 * MIB);
      expect(pusher.ws.bufferedAmount).toBeGreaterThan(0);
      gated.open();
      await waitFor('all entries', async () => (await gated.inner.describe('s'))?.entriesAdded === 64);
      const { entries } = await gated.inner.readAfter('s', '0-0', { count: 100 });
      expect(entries.map(({ data }) => data[0])).toEqual(Array.from({ length: 64 }, (_, index) => index));
      await Promise.all([pusher.close(), other.close()]);
    } finally {
      await running.close();
    }
  });

  it('stream-store#8: a shutdown stores what was received, takes nothing more, and closes with 1012', async () => {
    const gated = new GatedStore();
    const running = await startApplication([StreamStoreModule.forRoot({ store: gated })], { adapter });
    gated.shut();
    const client = await SocketClient.open(`${running.wsUrl}/data/s/push?ack=true`);
    const read = (): number => connectionsOf(running)[0]?.bytesRead ?? 0;
    const before = read();
    for (let index = 0; index < 10; index += 1) client.send(Buffer.from([index]));
    // Each has two bytes of header, four of the mask, and one of data; they need not come all at once.
    await waitFor('all frames to be received', () => gated.waiting > 0 && read() >= before + 10 * 7);
    const stopped = running.close();
    // A client that goes on pushing must not keep the server from stopping.
    const going = setInterval(() => client.send(Buffer.from([99])), 1);
    gated.open();
    const { code } = await client.closed;
    clearInterval(going);
    await stopped;
    expect(code).toBe(1012);
    const acks = client.frames.map(({ data }) => data.toString());
    expect(acks.length).toBeGreaterThanOrEqual(10);
    expect(new Set(acks).size).toBe(acks.length);
  });

  it.each(['close', 'terminate'] as const)(
    'stream-store#49: pulls whose client went away (%s) are freed at once',
    async (way) => {
      const running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
      try {
        const store = running.app.get<unknown, StoreInside>(StreamStore);
        // One of each pull; a few of others may come and go meanwhile.
        const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
        const statistics = running.app.get(StreamStatistics, { strict: false });
        const before = timers();
        const clients = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            SocketClient.open(`${running.wsUrl}/data/s${index % 3}+t/pull?timeout=600000&count=5`),
          ),
        );
        await waitFor('twenty followers', () => store.followers.size === 20 && timers() > before + 10);
        expect(statistics.pullers).toBe(20);
        for (const client of clients) client.ws[way]();
        await waitFor('all to be freed', () => store.followers.size === 0 && timers() < before + 10);
        for (const stream of ['s0', 's1', 's2', 't']) expect(store.tails.get(stream)).toBeUndefined();
        expect(statistics.pullers).toBe(0);
        expect(connectionsOf(running)).toEqual([]);
      } finally {
        await running.close();
      }
    },
  );
});
