import type { Socket } from 'node:net';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';

const MIB = 1024 * 1024;
const ENTRIES = 1000;

describe('A reader of a long backlog', () => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startApplication([
      StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: ENTRIES } }),
    ]);
    const entry = Buffer.alloc(64 * 1024);
    await running.app.get(StreamStore).append('long', Array<Buffer>(ENTRIES).fill(entry));
  });
  afterAll(() => running.close());

  it('stream-store#50: leaves others their turn, however much the operating system takes for it at once', async () => {
    let most = 0;
    let reading = true;
    running.app.getHttpServer().once('upgrade', (_request: unknown, socket: Socket) => {
      let before = 0;
      const other = (): void => {
        most = Math.max(most, socket.bytesWritten - before);
        before = socket.bytesWritten;
        if (reading) setImmediate(other);
      };
      other();
    });
    const client = await SocketClient.open(`${running.wsUrl}/data/long/pull?last_entry_id=0`);
    for (let frame = 0; frame < 2 * ENTRIES; frame += 1) await client.next();
    reading = false;
    await client.close();
    // The send buffer holds a mebibyte, and what was read at once.
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(2 * MIB);
  });
});
