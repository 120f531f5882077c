import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { ThrottlingProxy } from '../support/throttling-proxy.js';
import { waitFor } from '../support/waiting.js';

const MIB = 1024 * 1024;
const BEAT = 500;
const PATIENCE = 100_000;

describe('Large entries on a slow line', () => {
  let running: RunningApplication;
  let line: ThrottlingProxy;
  let store: StreamStore;
  async function start(pingTimeout: number, rate: number): Promise<void> {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], {
      sockets: { pingInterval: BEAT, pingTimeout },
    });
    store = running.app.get(StreamStore);
    line = await ThrottlingProxy.start(Number(new URL(running.url).port), { down: rate, up: rate });
  }
  afterEach(async () => {
    await line.close();
    await running.close();
  });
  const entry = Buffer.alloc(16 * MIB);
  for (let at = 0; at < entry.length; at += 4) entry.writeUInt32LE(at, at);

  it('stream-store#55: a pull gets them whole, and the connection stays', async () => {
    // What lies in the buffer of the line's own operating system is out of the server's sight, and may be megabytes: they go
    // through in less than the timeout, the whole entry in more.
    await start(20 * BEAT, MIB);
    await store.append('down', [entry, Buffer.from('small')]);
    const client = await SocketClient.open(`ws://127.0.0.1:${line.port}/data/down/pull?last_entry_id=0`);
    const frames = [];
    for (let index = 0; index < 4; index += 1) frames.push(await client.next(PATIENCE));
    expect(frames[1]?.data.equals(entry)).toBe(true);
    expect(frames[3]?.data.toString()).toBe('small');
    const end = Date.now() + 3 * BEAT;
    await waitFor('some heartbeats', () => Date.now() > end);
    expect(client.ws.readyState).toBe(client.ws.OPEN);
    await client.close();
  });

  it('stream-store#55: a push brings them whole', async () => {
    await start(BEAT, 3 * MIB);
    const client = await SocketClient.open(`ws://127.0.0.1:${line.port}/data/up/push?ack=true`);
    client.send(entry);
    await client.next(PATIENCE);
    const { entries } = await store.readAfter('up', '0-0', { count: 10 });
    expect(entries.map(({ data }) => data.equals(entry))).toEqual([true]);
    await client.close();
  });
});
