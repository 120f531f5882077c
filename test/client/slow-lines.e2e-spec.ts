import { connect } from '@millrace/client';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { ThrottlingProxy } from '../support/throttling-proxy.js';
import { waitFor } from '../support/waiting.js';

const MIB = 1024 * 1024;
/** Bytes a second. What the operating system holds at the end of the line takes part of the time to go through, unseen. */
const SLOW = 6 * MIB;
const SILENCE = 2000;

/** A line on which one entry takes several times as long as the client waits for a sign of life. */
describe('A client on a slow line', () => {
  let running: RunningApplication;
  let line: ThrottlingProxy;
  let store: StreamStore;
  const entry = Buffer.alloc(40 * MIB);
  for (let at = 0; at < entry.length; at += 4) entry.writeUInt32LE(at, at);
  beforeAll(async () => {
    running = await startApplication([
      StreamStoreModule.forRoot({ store: memoryStore(), limits: { maxMessageBytes: 40 * MIB } }),
    ]);
    store = running.app.get(StreamStore);
    line = await ThrottlingProxy.start(Number(new URL(running.url).port));
  });
  afterAll(async () => {
    await line.close();
    await running.close();
  });
  beforeEach(() => Object.assign(line.rates, { down: SLOW, up: SLOW }));
  const open = () => connect(`http://127.0.0.1:${line.port}`, { silenceTimeout: SILENCE });

  it('stream-store#55: pulls a large entry over one connection', async () => {
    await store.append('down', [entry]);
    await using client = await open();
    const before = line.accepted;
    for await (const { data } of client.stream('down').pull({ after: '0', follow: false }))
      expect(entry.equals(data)).toBe(true);
    expect(line.accepted - before).toBe(1);
  });

  it('stream-store#55: pushes a large entry over one connection', async () => {
    await using client = await open();
    const before = line.accepted;
    await client.stream('up').push().send(entry);
    expect(line.accepted - before).toBe(1);
    expect((await store.describe('up'))?.entriesAdded).toBe(1);
  });

  it('makes its connection anew when the line stands still in the middle of an entry', async () => {
    await using client = await open();
    const before = line.accepted;
    const from = line.sent;
    const sent = client.stream('stuck').push().send(entry);
    await waitFor('a part of the entry', () => line.sent > from + 4 * MIB);
    line.rates.up = 0;
    await waitFor('a new connection', () => line.accepted > before + 1);
    line.rates.up = Infinity;
    await sent;
  });
});
